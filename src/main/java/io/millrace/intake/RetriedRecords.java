package io.millrace.intake;

import io.millrace.config.PipelineException;
import io.millrace.example.Amendment;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.LabelledExample;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.InputTopics;
import io.millrace.input.Retried;
import io.millrace.version.Provenance.OffsetRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Records of the retry topic: they count as if they stood where they came from. One that a later
 * record of that partition is about must not come back. The replay looked for such records up to an
 * offset that it noted; from there to where the intake has read by now they are looked for here,
 * and what comes after that is about it like about any other. Intake worker only.
 */
public final class RetriedRecords {

  private static final Logger LOG = Logger.getLogger(RetriedRecords.class);
  private static final int AT_ONCE = 1_000;
  private static final long AGAIN_AFTER_SECONDS = 2;

  private final InputTopics topics;
  private final ExampleDecoder decoder;
  private final Supplier<RecordLog> logs;
  private final BooleanSupplier ended;

  /**
   * @param logs opens the input's past
   * @param ended whether nobody wants an answer any more
   */
  public RetriedRecords(
      InputTopics topics, ExampleDecoder decoder, Supplier<RecordLog> logs, BooleanSupplier ended) {
    this.topics = topics;
    this.decoder = decoder;
    this.logs = logs;
    this.ended = ended;
  }

  boolean isRetried(InboundRecord record) {
    return record.position().topic().equals(topics.retry());
  }

  /** Whether a record that stood there is scored only. */
  public boolean isHeldOut(RecordPosition origin) {
    return origin.topic().equals(topics.heldOut());
  }

  /** A record with the time at which its producer had sent it. */
  InboundRecord sentThen(InboundRecord record) {
    return isRetried(record)
        ? Retried.of(record).map(retried -> retried.sentThen(record)).orElse(record)
        : record;
  }

  /** Decodes a record, a retried one as if it stood where it came from. */
  public Decoded decode(InboundRecord record) {
    if (!isRetried(record)) {
      return decoder.decode(record);
    }
    Optional<Retried> retried = Retried.of(record);
    if (retried.isEmpty()) {
      return refused(record, Retried.ORIGIN + " does not say where it came from");
    }
    String topic = retried.get().origin().topic();
    if (!topics.isProducers(topic)) {
      return refused(record, "it came from topic " + topic + ", which this model does not read");
    }
    Decoded decoded = decoder.decode(retried.get().atOrigin(record));
    return decoded instanceof Decoded.Refused refused
        ? new Decoded.Refused(
            new DeadLetter(record, refused.letter().reason(), refused.letter().detail()))
        : decoded;
  }

  private static Decoded refused(InboundRecord record, String detail) {
    return new Decoded.Refused(
        new DeadLetter(record, Reason.UNDECODABLE, "a record of the retry topic: " + detail));
  }

  /**
   * What became meanwhile of retried examples.
   *
   * @param examples as decoded, by their records
   * @param read where the intake has come to
   * @return verdicts by the position in the retry topic; none for those that still stand
   * @throws CancellationException once the ownership has ended
   */
  Map<RecordPosition, Verdict> verdicts(
      Map<InboundRecord, LabelledExample> examples, InputPositions read)
      throws InterruptedException {
    Map<RecordPosition, Verdict> verdicts = new HashMap<>();
    Map<Partition, List<Candidate>> byPartition =
        examples.entrySet().stream()
            .flatMap(one -> Candidate.of(one.getKey(), one.getValue(), read).stream())
            .collect(Collectors.groupingBy(Candidate::partition));
    for (Map.Entry<Partition, List<Candidate>> one : byPartition.entrySet()) {
      look(one.getKey(), one.getValue(), verdicts);
    }
    return verdicts;
  }

  /** Tried until it succeeds: the input waits meanwhile. */
  private void look(
      Partition partition, List<Candidate> candidates, Map<RecordPosition, Verdict> verdicts)
      throws InterruptedException {
    boolean said = false;
    while (true) {
      try (RecordLog log = logs.get()) {
        look(log, partition, candidates, verdicts);
        return;
      } catch (PipelineException e) {
        if (!said) {
          LOG.warnf(
              "whether retried records of %s were corrected is not known yet, reading waits: %s",
              partition, e.getMessage());
          said = true;
        }
      }
      TimeUnit.SECONDS.sleep(AGAIN_AFTER_SECONDS);
      if (ended.getAsBoolean()) {
        throw new CancellationException("the ownership has ended");
      }
    }
  }

  private void look(
      RecordLog log,
      Partition partition,
      List<Candidate> candidates,
      Map<RecordPosition, Verdict> verdicts)
      throws InterruptedException {
    OffsetRange held = log.partitions(partition.topic()).get(partition);
    long start = held == null ? Long.MAX_VALUE : held.from();
    for (Candidate one : candidates) {
      if (one.from < start) {
        verdicts.put(
            one.retry,
            new Verdict.Unknown(
                "whether a later record of %s is about it cannot be told: those from offset %d are gone"
                    .formatted(partition, one.from)));
      }
    }
    Map<String, List<Candidate>> byId =
        candidates.stream()
            .filter(one -> one.from >= start)
            .collect(Collectors.groupingBy(Candidate::id));
    long from =
        candidates.stream().mapToLong(Candidate::from).filter(f -> f >= start).min().orElse(0);
    long to = candidates.stream().mapToLong(Candidate::to).max().orElse(0);
    for (long next = from; !byId.isEmpty() && next < to; next += AT_ONCE) {
      for (InboundRecord record : log.read(partition, next, Math.min(next + AT_ONCE, to))) {
        amendment(decoder.decode(record), record.position())
            .ifPresent(
                later ->
                    byId.getOrDefault(later.id(), List.of()).stream()
                        .filter(one -> later.isAbout(one.id, one.origin))
                        .forEach(
                            one -> verdicts.put(one.retry, new Verdict.Amended(later.kind()))));
      }
    }
  }

  private static Optional<Amendment> amendment(Decoded decoded, RecordPosition position) {
    if (decoded instanceof Decoded.Accepted accepted) {
      return Optional.of(
          new Amendment(position, accepted.example().id(), Amendment.Kind.SUPERSEDED));
    }
    return decoded instanceof Decoded.Retraction retraction
        ? Optional.of(new Amendment(position, retraction.id(), Amendment.Kind.RETRACTED))
        : Optional.empty();
  }

  /** Why a retried example is not taken. */
  sealed interface Verdict {

    /** A later record is about it. */
    record Amended(Amendment.Kind kind) implements Verdict {}

    /** Nobody can tell any more. */
    record Unknown(String why) implements Verdict {}
  }

  /** One to look for, within these offsets of its origin's partition. */
  private record Candidate(
      RecordPosition retry, RecordPosition origin, String id, long from, long to) {

    static Optional<Candidate> of(
        InboundRecord record, LabelledExample example, InputPositions read) {
      RecordPosition origin = example.position();
      long to = read.of(origin.topic(), origin.partition()).orElse(0);
      long from =
          Math.max(
              origin.offset() + 1,
              Retried.of(record).orElseThrow().checkedTo().orElse(origin.offset() + 1));
      boolean hasId = !example.id().equals(origin.toString());
      return hasId && from < to
          ? Optional.of(new Candidate(record.position(), origin, example.id(), from, to))
          : Optional.empty();
    }

    Partition partition() {
      return origin.inPartition();
    }
  }
}
