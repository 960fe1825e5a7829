package io.millrace.identity;

import io.millrace.example.Partition;
import io.millrace.identity.InputSource.Range;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares what a checkpoint belongs to with what a service finds. It decides nothing by itself:
 * whatever differs is refused unless an operator accepts it by name. One check, one thread.
 */
public final class IdentityCheck {

  private final RunIdentity before;
  private final Found found;
  private final Accepted accepted;
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<String> unchecked = new ArrayList<>();
  private final Set<String> anew = new TreeSet<>();
  private final Map<String, From> renewed = new TreeMap<>();
  private final Map<Partition, From> moved = new TreeMap<>();

  /**
   * @param before what the checkpoint says
   * @param found what there is now
   */
  public IdentityCheck(RunIdentity before, Found found, Accepted accepted) {
    this.before = before;
    this.found = found;
    this.accepted = accepted;
  }

  /** Compares everything. */
  public Result result() throws InterruptedException {
    boolean sameCluster = cluster();
    if (sameCluster) {
      for (String topic : found.source().topics()) {
        topic(topic);
      }
      positions();
    }
    base();
    seed();
    return new Result(refusals, unchecked, renewed, moved);
  }

  /** Whether topics are still to be looked at one by one. */
  private boolean cluster() {
    Optional<String> now = found.source().cluster();
    if (before.cluster().isEmpty() || now.isEmpty()) {
      unchecked.add("the cluster's id");
      return true;
    }
    if (before.cluster().equals(now)) {
      return true;
    }
    From from = accepted.clusters().get(now.get());
    if (from != null) {
      found.source().topics().forEach(topic -> renewed.put(topic, from));
      return true;
    }
    refusals.add(
        new Refusal(
            "the store belongs to Kafka cluster %s, the broker is of cluster %s"
                .formatted(before.cluster().get(), now.get()),
            "Point kafka.bootstrap.servers to %s, or give this cluster a store of its own (millrace.store). To go on here with what was learned: --accept-new-cluster=%s --resume-at-time=TIME%s, or --accept-new-cluster=%s@beginning or @end"
                .formatted(before.cluster().get(), now.get(), lastRead(), now.get())));
    return false;
  }

  /** The latest record that was read, as a hint where to resume. */
  private String lastRead() {
    return found.lastRead().values().stream()
        .filter(last -> last.timeMillis() >= 0)
        .map(last -> Instant.ofEpochMilli(last.timeMillis()))
        .max(Instant::compareTo)
        .map(time -> " (the last record read was of " + time + ")")
        .orElse("");
  }

  private void topic(String topic) throws InterruptedException {
    if (renewed.containsKey(topic)) {
      return;
    }
    List<Partition> partitions =
        found.inputs().keySet().stream()
            .filter(partition -> partition.topic().equals(topic))
            .toList();
    if (!before.topics().containsKey(topic) && partitions.isEmpty()) {
      return; // never read
    }
    Optional<String> then =
        Optional.ofNullable(before.topics().get(topic)).flatMap(RunIdentity.TopicIdentity::id);
    Optional<String> now = Optional.ofNullable(found.source().topicIds().get(topic));
    if (then.isPresent() && now.isPresent()) {
      if (!then.equals(now)) {
        differs(topic, "topic id " + then.get(), "id " + now.get(), now.get());
      }
      return;
    }
    byRecordTimes(topic, partitions, now);
  }

  private void byRecordTimes(String topic, List<Partition> partitions, Optional<String> now)
      throws InterruptedException {
    boolean compared = false;
    for (Partition partition : partitions) {
      LastRead last = found.lastRead().get(partition);
      if (last == null || last.timeMillis() < 0) {
        continue;
      }
      OptionalLong time = found.source().timeOf(partition, last.offset());
      if (time.isPresent() && time.getAsLong() != last.timeMillis()) {
        differs(
            topic,
            "%s@%d was a record of %s"
                .formatted(partition, last.offset(), Instant.ofEpochMilli(last.timeMillis())),
            "there is one of " + Instant.ofEpochMilli(time.getAsLong()),
            now.orElse("of-" + time.getAsLong()));
        return;
      }
      compared |= time.isPresent();
    }
    if (!compared) {
      unchecked.add("whether topic " + topic + " is still the same");
    }
  }

  private void differs(String topic, String then, String now, String id) {
    From from = accepted.topics().get(topic + "=" + id);
    if (from != null) {
      renewed.put(topic, from);
      return;
    }
    anew.add(topic);
    refusals.add(
        new Refusal(
            "topic %s was made anew: the checkpoint read %s, now %s".formatted(topic, then, now),
            "Restore the topic, or accept the new one: --accept-new-topic=%s=%s@beginning, or @end, or without either and with --resume-at-time=TIME"
                .formatted(topic, id)));
  }

  private void positions() {
    new TreeMap<>(found.inputs())
        .forEach(
            (partition, position) -> {
              String topic = partition.topic();
              if (found.source().topics().contains(topic)
                  && !renewed.containsKey(topic)
                  && !anew.contains(topic)) {
                position(partition, position);
              }
            });
  }

  private void position(Partition partition, long position) {
    Range log = found.source().ranges().get(partition);
    if (log != null && position >= log.start() && position <= log.end()) {
      return;
    }
    String named = partition + "=" + position;
    From from = accepted.positions().get(named);
    if (from != null) {
      moved.put(partition, from);
      return;
    }
    String cause =
        log == null
            ? "the topic has no such partition any more"
            : position < log.start()
                ? "records that were never read have been deleted (retention)"
                : "records that were read are gone from the log's end (an unclean leader election, or a restored broker)";
    refusals.add(
        new Refusal(
            "partition %s: the stored position %d is outside the log, which %s: %s"
                .formatted(
                    partition,
                    position,
                    log == null
                        ? "is not there"
                        : "holds %d to %d".formatted(log.start(), log.end()),
                    cause),
            "Restore the records, or go on without them: --accept-out-of-range=%s@beginning of what is left, or @end"
                .formatted(named)));
  }

  private void base() {
    if (before.base().isEmpty()) {
      unchecked.add("base weights, tokenizer and config");
      return;
    }
    Map<String, String> now = found.base().parts();
    before
        .base()
        .get()
        .parts()
        .forEach(
            (part, then) -> {
              if (!then.equals(now.get(part))
                  && !accepted.base().contains(part + "=" + now.get(part))) {
                refusals.add(otherBase(part, then, now.get(part)));
              }
            });
  }

  private static Refusal otherBase(String part, String then, String now) {
    return new Refusal(
        "the base's %s is another: the checkpoint began with sha256 %s, millrace.model.base has %s"
            .formatted(part, then, now),
        part.equals(BaseIdentity.WEIGHTS)
            ? "Give the base that training began with, or begin with this one under another millrace.model.name"
            : "Give the base that training began with, or begin anew under another millrace.model.name. Where the file says the same in other bytes: --accept-new-base=%s=%s"
                .formatted(part, now));
  }

  private void seed() {
    if (before.seed().isEmpty()) {
      unchecked.add("the seed");
    } else if (before.seed().get() != found.seed()
        && !accepted.seed().equals(Optional.of(found.seed()))) {
      refusals.add(
          new Refusal(
              "millrace.training.seed is %d, the checkpoint was trained with %d"
                  .formatted(found.seed(), before.seed().get()),
              "Set it back, or go on with the new one: --accept-new-seed=%d"
                  .formatted(found.seed())));
    }
  }

  /**
   * What a service finds.
   *
   * @param source the broker
   * @param inputs the checkpoint's positions in the input topics, by partition
   * @param lastRead the checkpoint's last records, by partition
   * @param base the base at hand
   * @param seed the seed configured
   */
  public record Found(
      InputSource source,
      Map<Partition, Long> inputs,
      Map<Partition, LastRead> lastRead,
      BaseIdentity base,
      long seed) {}

  /**
   * What came of it.
   *
   * @param refusals empty where one may go on
   * @param unchecked what could not be compared
   * @param renewed topics that are taken in the place of others of their names, and from where
   * @param moved partitions whose position is given up, and where reading goes on
   */
  public record Result(
      List<Refusal> refusals,
      List<String> unchecked,
      Map<String, From> renewed,
      Map<Partition, From> moved) {

    public Result {
      refusals = List.copyOf(refusals);
      unchecked = List.copyOf(new TreeSet<>(unchecked));
      renewed = Map.copyOf(renewed);
      moved = Map.copyOf(moved);
    }

    /** Whether positions change before one may go on. */
    public boolean changesPositions() {
      return !renewed.isEmpty() || !moved.isEmpty();
    }
  }
}
