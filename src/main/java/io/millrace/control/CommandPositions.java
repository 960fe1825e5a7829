package io.millrace.control;

import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far the control topic was obeyed.
 *
 * @param topic the topic's id, for one that is made anew has other records at the same offsets;
 *     empty where the broker gives none, or before it was seen
 * @param next next offset of each partition
 */
public record CommandPositions(Optional<String> topic, InputPositions next) {

  public static final CommandPositions START =
      new CommandPositions(Optional.empty(), InputPositions.START);

  /** Reading begins in some partitions elsewhere; of another topic nothing else is known. */
  public CommandPositions beginning(CommandPositions at) {
    boolean another = topic.isPresent() && at.topic.isPresent() && !topic.equals(at.topic);
    Map<Partition, Long> all = new TreeMap<>(another ? Map.of() : next.next());
    all.putAll(at.next.next());
    return new CommandPositions(at.topic.or(() -> topic), new InputPositions(all));
  }
}
