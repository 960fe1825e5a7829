package io.millrace.control;

import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What commands have left behind. Immutable.
 *
 * @param paused whether training waits for a resume
 * @param obeyed ids of the last commands, in units of earlier releases
 * @param next next offset of every partition of the control topic: what is in front of it was
 *     answered and is not obeyed again
 * @param topic the control topic's id; empty where the broker gives none, or nobody has looked
 * @param ids of commands that were answered lately
 * @param rewarm whether the learning rate starts over with the next work
 */
public record ControlState(
    boolean paused,
    List<String> obeyed,
    Map<Partition, Long> next,
    Optional<String> topic,
    ObeyedIds ids,
    boolean rewarm) {

  public static final ControlState START =
      new ControlState(
          false, List.of(), Map.of(), Optional.empty(), ObeyedIds.NONE, /* rewarm= */ false);

  public ControlState {
    obeyed = obeyed == null ? List.of() : List.copyOf(obeyed);
    next = Map.copyOf(next);
    topic = topic == null ? Optional.empty() : topic;
    ids = ids == null ? ObeyedIds.NONE : ids;
  }

  public boolean knows(String id) {
    return ids.knows(id) || obeyed.contains(id);
  }

  /** Whether a record of the control topic has had its answer. */
  public boolean isBehind(Commands.Received received) {
    return received.next() <= next.getOrDefault(received.partition(), 0L);
  }

  /** After a command was obeyed, refused or ignored. */
  public ControlState after(Commands.Received received, Instant now) {
    Map<Partition, Long> moved = new TreeMap<>(next);
    moved.put(received.partition(), received.next());
    return new ControlState(
        paused, obeyed, moved, topic, ids.with(received.command().id(), now), rewarm);
  }

  /** Where commands of partitions are read from. */
  public ControlState beginning(CommandPositions at) {
    CommandPositions all = positions().beginning(at);
    return new ControlState(paused, obeyed, all.next().next(), all.topic(), ids, rewarm);
  }

  public CommandPositions positions() {
    return new CommandPositions(topic, new InputPositions(next));
  }

  public ControlState paused(boolean isPaused) {
    return new ControlState(isPaused, obeyed, next, topic, ids, rewarm);
  }

  public ControlState rewarming(boolean isRewarming) {
    return new ControlState(paused, obeyed, next, topic, ids, isRewarming);
  }
}
