package io.millrace.run;

import io.millrace.example.Partition;
import io.millrace.identity.From;
import io.millrace.identity.InputSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A broker with the topics {@code examples} and {@code heldout} of one partition each, as a test
 * wants them.
 *
 * @param cluster its id; empty for a broker that gives none
 * @param topicIds by topic; a topic without one is as of a broker that gives none
 * @param ranges what each partition holds
 * @param times of single records, by {@code topic-partition@offset}
 */
public record ListedSource(
    Optional<String> cluster,
    Map<String, String> topicIds,
    Map<Partition, Range> ranges,
    Map<String, Long> times)
    implements InputSource {

  public static final String CLUSTER = "cluster-1";

  /** Of the first cluster, every topic with its first id and a thousand records. */
  public static ListedSource first() {
    Range log = new Range(0, 1_000);
    return new ListedSource(
        Optional.of(CLUSTER),
        Map.of("examples", "examples-id-1", "heldout", "heldout-id-1"),
        Map.of(new Partition("examples", 0), log, new Partition("heldout", 0), log),
        Map.of());
  }

  public ListedSource cluster(String id) {
    return new ListedSource(Optional.of(id), topicIds, ranges, times);
  }

  /** With a topic made anew. */
  public ListedSource topic(String name, String id, long start, long end) {
    Map<String, String> ids = new HashMap<>(topicIds);
    ids.put(name, id);
    return new ListedSource(cluster, ids, ranges, times).log(name, start, end);
  }

  public ListedSource log(String name, long start, long end) {
    Map<Partition, Range> logs = new HashMap<>(ranges);
    logs.put(new Partition(name, 0), new Range(start, end));
    return new ListedSource(cluster, topicIds, logs, times);
  }

  public ListedSource withoutIds() {
    return new ListedSource(cluster, Map.of(), ranges, times);
  }

  public ListedSource time(String position, long millis) {
    Map<String, Long> all = new HashMap<>(times);
    all.put(position, millis);
    return new ListedSource(cluster, topicIds, ranges, all);
  }

  @Override
  public Set<String> topics() {
    return Set.of("examples", "heldout");
  }

  /** Half of a log is older than any time. */
  @Override
  public Map<Partition, Long> offsets(String topic, From from) {
    Range log = ranges.get(new Partition(topic, 0));
    return Map.of(
        new Partition(topic, 0),
        from instanceof From.Beginning
            ? log.start()
            : from instanceof From.End ? log.end() : (log.start() + log.end()) / 2);
  }

  @Override
  public OptionalLong timeOf(Partition partition, long offset) {
    Long time = times.get(partition + "@" + offset);
    return time == null ? OptionalLong.empty() : OptionalLong.of(time);
  }
}
