package io.millrace.learner;

import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.identity.LastRead;
import io.millrace.input.Retried;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.journal.JournalPosition;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How far training has come: counts and positions, as a checkpoint keeps them. Immutable.
 *
 * @param labels the label set, in logit order
 * @param examplesTrained new examples trained since the base
 * @param tokens real tokens trained, replayed examples included
 * @param paddedTokens these with padding
 * @param chunks chunks finished
 * @param labelCounts examples trained by label
 * @param deadLetters refused records by reason
 * @param amended records passed over because a later one was about them, by what it did, and
 *     records that retract others
 * @param origin first offset read of every partition
 * @param next next offset of every partition
 * @param replay what was replayed
 * @param newestExampleAt when the newest example trained on was sent, by its record's timestamp and
 *     not the event time in its JSON: of old texts sent today the model could not know sooner;
 *     empty where no record has told yet
 * @param lastRead the last record read of every partition
 */
public record Progress(
    List<String> labels,
    long examplesTrained,
    long tokens,
    long paddedTokens,
    long chunks,
    Map<String, Long> labelCounts,
    Map<String, Long> deadLetters,
    Map<String, Long> amended,
    Map<Partition, Long> origin,
    Map<Partition, Long> next,
    ReplayCounts replay,
    Optional<Instant> newestExampleAt,
    Map<Partition, LastRead> lastRead) {

  private static final String RETRACTION = "RETRACTION";

  public Progress {
    labels = List.copyOf(labels);
    labelCounts = Map.copyOf(labelCounts);
    deadLetters = Map.copyOf(deadLetters);
    // Checkpoints written before there were corrections, replay, or freshness do not have these.
    amended = amended == null ? Map.of() : Map.copyOf(amended);
    origin = Map.copyOf(origin);
    next = Map.copyOf(next);
    replay = replay == null ? ReplayCounts.NONE : replay;
    newestExampleAt = newestExampleAt == null ? Optional.empty() : newestExampleAt;
    lastRead = lastRead == null ? Map.of() : Map.copyOf(lastRead);
  }

  public static Progress start(List<String> labels) {
    return new Progress(
        labels,
        0,
        0,
        0,
        0,
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        ReplayCounts.NONE,
        Optional.empty(),
        Map.of());
  }

  /**
   * After a batch was trained on.
   *
   * @param fresh its examples that were never trained on before
   * @param newest when the newest of them was sent; empty where nobody knows
   */
  Progress trained(TokenBatch batch, List<TokenizedExample> fresh, Optional<Instant> newest) {
    Map<String, Long> counts = new TreeMap<>(labelCounts);
    fresh.forEach(example -> counts.merge(labels.get(example.target().group()), 1L, Long::sum));
    return new Progress(
        labels,
        examplesTrained + fresh.size(),
        tokens + batch.tokens().tokens(),
        paddedTokens + batch.tokens().paddedTokens(),
        chunks,
        counts,
        deadLetters,
        amended,
        origin,
        next,
        replay.plus(batch.size() - fresh.size(), 0, 0),
        Stream.of(newestExampleAt, newest).flatMap(Optional::stream).max(Comparator.naturalOrder()),
        lastRead);
  }

  /** After labels were added. */
  Progress labelled(List<String> all) {
    return new Progress(
        all,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks,
        labelCounts,
        deadLetters,
        amended,
        origin,
        next,
        replay,
        newestExampleAt,
        lastRead);
  }

  /** After examples left the replay buffer because they are not finite. */
  Progress dropped(int examples) {
    return with(replay.plus(0, examples, 0));
  }

  /** After a step that idle time was used for. */
  Progress idleStep() {
    return with(replay.plus(0, 0, 1));
  }

  private Progress with(ReplayCounts counts) {
    return new Progress(
        labels,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks,
        labelCounts,
        deadLetters,
        amended,
        origin,
        next,
        counts,
        newestExampleAt,
        lastRead);
  }

  /** After a record was dead-lettered. */
  Progress refused(String reason) {
    Map<String, Long> counts = new TreeMap<>(deadLetters);
    counts.merge(reason, 1L, Long::sum);
    return new Progress(
        labels,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks,
        labelCounts,
        counts,
        amended,
        origin,
        next,
        replay,
        newestExampleAt,
        lastRead);
  }

  /** After the records of a chunk that are passed over, or about others. */
  Progress amended(Chunk chunk) {
    Map<String, Long> counts = new TreeMap<>(amended);
    chunk.skipped().forEach(skip -> counts.merge(skip.kind().name(), 1L, Long::sum));
    chunk.of(IntakeItem.ToRetract.class).forEach(one -> counts.merge(RETRACTION, 1L, Long::sum));
    return new Progress(
        labels,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks,
        labelCounts,
        deadLetters,
        counts,
        origin,
        next,
        replay,
        newestExampleAt,
        lastRead);
  }

  /** After everything of a chunk has its outcome. */
  Progress finished(Chunk chunk) {
    Map<Partition, Long> first = new HashMap<>(origin);
    Map<Partition, LastRead> last = new HashMap<>(lastRead);
    chunk
        .arrivals()
        .forEach(
            arrival -> {
              var position = arrival.record().position();
              Partition partition = position.inPartition();
              first.putIfAbsent(partition, position.offset());
              last.put(partition, new LastRead(position.offset(), loggedAt(arrival.record())));
            });
    return new Progress(
        labels,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks + 1,
        labelCounts,
        deadLetters,
        amended,
        first,
        chunk.end().next(),
        replay,
        newestExampleAt,
        last);
  }

  /** Unknown of one that was sent back: its time is that of its origin. */
  private static long loggedAt(InboundRecord record) {
    return Retried.of(record).isPresent() ? -1 : record.timestampMillis();
  }

  /** What was trained so far, at the positions of a run that went on and is given up. */
  public Progress skippingTo(Progress other) {
    return new Progress(
        labels,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks,
        labelCounts,
        deadLetters,
        amended,
        other.origin,
        other.next,
        replay,
        newestExampleAt,
        other.lastRead);
  }

  /**
   * With partitions that are read from elsewhere, as those of a topic that was made anew.
   *
   * @param topics all of whose partitions are given up
   * @param positions next offsets in the place of theirs, and of other partitions
   */
  public Progress readingFrom(Set<String> topics, Map<Partition, Long> positions) {
    Map<Partition, Long> begun = without(origin, topics, positions);
    Map<Partition, Long> reads = without(next, topics, positions);
    reads.putAll(positions);
    return new Progress(
        labels,
        examplesTrained,
        tokens,
        paddedTokens,
        chunks,
        labelCounts,
        deadLetters,
        amended,
        begun,
        reads,
        replay,
        newestExampleAt,
        without(lastRead, topics, positions));
  }

  private static <T> Map<Partition, T> without(
      Map<Partition, T> all, Set<String> topics, Map<Partition, Long> partitions) {
    Map<Partition, T> left = new HashMap<>(all);
    left.keySet()
        .removeIf(
            partition -> topics.contains(partition.topic()) || partitions.containsKey(partition));
    return left;
  }

  public InputPositions positions() {
    return new InputPositions(next);
  }

  public JournalPosition journalPosition() {
    return new JournalPosition(chunks, replay.idleSteps());
  }

  /** Padding among all tokens trained, 0 to 1; NaN before the first. */
  public double paddingShare() {
    return paddedTokens == 0 ? Double.NaN : 1 - (double) tokens / paddedTokens;
  }
}
