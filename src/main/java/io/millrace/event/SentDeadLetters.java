package io.millrace.event;

import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The records whose dead letters were sent. A record that is read again, because a roll-back
 * replays it or a damaged unit is made up for, is dead-lettered unless it was before, whatever
 * became of it the first time. Immutable.
 *
 * @param before by partition: all records before these offsets count as sent, because what is known
 *     of them was dropped
 * @param runs by partition: later records whose dead letters were sent, as ranges: the first offset
 *     of consecutive records and the offset after their last
 */
public record SentDeadLetters(
    Map<Partition, Long> before, Map<Partition, NavigableMap<Long, Long>> runs) {

  /** Of nobody. */
  public static final SentDeadLetters NONE = new SentDeadLetters(Map.of(), Map.of());

  /**
   * How many runs are kept, all partitions together: some 100 KB. The oldest are let go of first.
   */
  public static final int MAX_RUNS = 5_000;

  public SentDeadLetters {
    before = before == null ? Map.of() : Map.copyOf(before);
    Map<Partition, NavigableMap<Long, Long>> copy = new TreeMap<>();
    if (runs != null) {
      runs.forEach(
          (partition, own) ->
              copy.put(partition, Collections.unmodifiableNavigableMap(new TreeMap<>(own))));
    }
    runs = Collections.unmodifiableMap(copy);
  }

  /** Whether a record's letter was sent. */
  public boolean contains(RecordPosition position) {
    Partition partition = position.inPartition();
    if (position.offset() < before.getOrDefault(partition, 0L)) {
      return true;
    }
    NavigableMap<Long, Long> own = runs.get(partition);
    Map.Entry<Long, Long> run = own == null ? null : own.floorEntry(position.offset());
    return run != null && position.offset() < run.getValue();
  }

  /** These and more. */
  public SentDeadLetters with(Collection<RecordPosition> sent) {
    if (sent.isEmpty()) {
      return this;
    }
    Map<Partition, NavigableMap<Long, Long>> all = copy();
    sent.forEach(
        position -> add(all, position.inPartition(), position.offset(), position.offset() + 1));
    return new SentDeadLetters(before, all).limited(MAX_RUNS);
  }

  /** What either knows to be sent. */
  public SentDeadLetters and(SentDeadLetters other) {
    if (other.equals(NONE) || other.equals(this)) {
      return this;
    }
    Map<Partition, NavigableMap<Long, Long>> all = copy();
    other.runs.forEach(
        (partition, own) -> own.forEach((from, to) -> add(all, partition, from, to)));
    return new SentDeadLetters(before, all).andAllBefore(other.before).limited(MAX_RUNS);
  }

  /**
   * These, and all records before some positions.
   *
   * @param positions offsets by {@code topic-partition}
   */
  public SentDeadLetters andAllBefore(Map<Partition, Long> positions) {
    Map<Partition, Long> furthest = new TreeMap<>(before);
    positions.forEach((partition, offset) -> furthest.merge(partition, offset, Math::max));
    Map<Partition, NavigableMap<Long, Long>> all = copy();
    all.forEach(
        (partition, own) -> {
          long start = furthest.getOrDefault(partition, 0L);
          own.entrySet().removeIf(run -> run.getValue() <= start);
        });
    all.values().removeIf(Map::isEmpty);
    return new SentDeadLetters(furthest, all);
  }

  /** These, without the partitions that are now read from another topic or offset. */
  public SentDeadLetters without(Predicate<Partition> partitions) {
    Map<Partition, Long> others = new TreeMap<>(before);
    others.keySet().removeIf(partitions);
    Map<Partition, NavigableMap<Long, Long>> all = copy();
    all.keySet().removeIf(partitions);
    return new SentDeadLetters(others, all);
  }

  /** The newest ranges of each partition, up to a total; older records count as sent. */
  public SentDeadLetters limited(int most) {
    if (runs.values().stream().mapToInt(Map::size).sum() <= most) {
      return this;
    }
    int share = Math.max(1, most / runs.size());
    Map<Partition, Long> letGo = new TreeMap<>();
    runs.forEach(
        (partition, own) -> {
          if (own.size() > share) {
            letGo.put(
                partition,
                own.values().stream().skip(own.size() - share - 1L).findFirst().orElseThrow());
          }
        });
    return andAllBefore(letGo);
  }

  private Map<Partition, NavigableMap<Long, Long>> copy() {
    Map<Partition, NavigableMap<Long, Long>> all = new TreeMap<>();
    runs.forEach((partition, own) -> all.put(partition, new TreeMap<>(own)));
    return all;
  }

  /** Joins what touches. */
  private static void add(
      Map<Partition, NavigableMap<Long, Long>> all, Partition partition, long from, long to) {
    NavigableMap<Long, Long> own = all.computeIfAbsent(partition, absent -> new TreeMap<>());
    long start = from;
    long end = to;
    Map.Entry<Long, Long> left = own.floorEntry(from);
    if (left != null && left.getValue() >= from) {
      start = left.getKey();
      end = Math.max(end, left.getValue());
    }
    Map.Entry<Long, Long> right = own.ceilingEntry(start);
    while (right != null && right.getKey() <= end) {
      end = Math.max(end, right.getValue());
      own.remove(right.getKey());
      right = own.ceilingEntry(start);
    }
    own.put(start, end);
  }
}
