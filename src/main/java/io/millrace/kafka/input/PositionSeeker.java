package io.millrace.kafka.input;

import io.millrace.commit.OwnershipLostException;
import io.millrace.example.InputPositions;
import io.millrace.fault.Backoff;
import io.millrace.fault.Fault;
import io.millrace.fault.FileFaults;
import io.millrace.fault.KafkaFaults;
import io.millrace.intake.RecordReceiver;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * Makes this instance the owner when it gets partitions, and a standby when it loses them. Each
 * partition starts where the last checkpoint ends, or at its beginning where that has nothing of
 * it; the group's committed offsets do not decide.
 *
 * <p>A take-over that fails is tried again with growing pauses, unless no attempt can succeed: a
 * position that the log does not hold, since going on elsewhere would skip records or train on them
 * twice. Nothing is read meanwhile. Polling thread only, but for what says otherwise.
 */
@ApplicationScoped
public class PositionSeeker {

  /** The place of its problems. */
  static final String PLACE = "take-over";

  private static final Logger LOG = Logger.getLogger(PositionSeeker.class);

  private final RecordReceiver receiver;
  private final OpenProblems problems;
  private final Backoff backoff;
  private volatile Optional<Fault> failure = Optional.empty();
  private volatile int membership;
  private long tryAgainAt;

  @Inject
  PositionSeeker(RecordReceiver receiver, OpenProblems problems) {
    this(receiver, problems, Backoff.usual());
  }

  PositionSeeker(RecordReceiver receiver, OpenProblems problems, Backoff backoff) {
    this.receiver = receiver;
    this.problems = problems;
    this.backoff = backoff;
  }

  /** Why reading could not start, empty while it could. Any thread. */
  public Optional<Fault> failure() {
    return failure;
  }

  /**
   * The number of take-overs that were tried: what was polled before the last of them is of an
   * ownership that is over. The group's generation would not do, it begins anew with a new group.
   */
  int membership() {
    return membership;
  }

  /** Whether this instance owns the model. Any thread. */
  boolean isOwner() {
    return receiver.isOwner();
  }

  /** Whether nothing may be read: the take-over failed. */
  boolean isHeld() {
    return failure.isPresent();
  }

  void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (consumer.assignment().isEmpty()) {
      return; // a standby
    }
    if (!receiver.isOwner() || !receiver.knows(topics(partitions))) {
      takeOver(consumer);
      return;
    }
    try {
      seek(consumer, partitions, receiver.positions());
    } catch (RuntimeException e) {
      failed(consumer, "read on", e);
    }
  }

  private static Set<String> topics(Collection<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
  }

  /** What is not committed is lost. */
  void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      receiver.giveUp(
          "the group has taken back "
              + partitions
              + ": another member gets them, or this one was silent for longer than"
              + " session.timeout.ms");
      succeeded(); // whoever gets them now takes over
      problems.resolve(RecordReceiver.IDENTITY);
    }
  }

  /** The next attempt after one that failed, once its pause is over. */
  void tryAgainIfDue(Consumer<?, ?> consumer) {
    boolean due = failure.filter(Fault::mayPass).isPresent() && System.nanoTime() - tryAgainAt >= 0;
    if (due && !consumer.assignment().isEmpty()) {
      takeOver(consumer);
    }
  }

  private void takeOver(Consumer<?, ?> consumer) {
    try {
      InputPositions positions = receiver.takeOver(++membership);
      seek(consumer, consumer.assignment(), positions);
      succeeded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      consumer.pause(consumer.assignment());
    } catch (RuntimeException e) {
      failed(consumer, "take over", e);
    }
  }

  private void succeeded() {
    failure = Optional.empty();
    backoff.reset();
    problems.resolve(PLACE);
  }

  private void failed(Consumer<?, ?> consumer, String what, RuntimeException e) {
    if (e instanceof WakeupException) { // only a stop wakes the consumer: no problem to report
      receiver.giveUp("the service stops");
      throw e;
    }
    receiver.giveUp("it cannot " + what + ": " + e.getMessage());
    hold(consumer);
    LOG.debug("the take-over failed", e);
    Fault fault = fault(e);
    failure = Optional.of(fault);
    tryAgainAt = System.nanoTime() + backoff.next().toNanos();
    fault.report(problems, PLACE);
  }

  /** Keeps what was assigned from being read, the poll under way included. */
  private static void hold(Consumer<?, ?> consumer) {
    consumer.pause(consumer.assignment());
    // Any position will do; without one, polling fails although nothing is read.
    consumer.assignment().forEach(partition -> consumer.seek(partition, 0));
  }

  private static Fault fault(RuntimeException e) {
    if (KafkaFaults.isKafkas(e)) {
      return KafkaFaults.of(e);
    }
    if (FileFaults.isFiles(e)) {
      return FileFaults.of(e, "the store");
    }
    if (KafkaFaults.has(e, OwnershipLostException.class)) {
      return new Fault(
          Outlook.RETRIES,
          String.valueOf(e.getMessage()),
          "Nothing, unless it happens again and again: then two groups train one model.");
    }
    return new Fault(
        Outlook.REFUSED,
        String.valueOf(e.getMessage()),
        "Correct what it names, then restart; nothing is lost meanwhile.");
  }

  private static void seek(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions, InputPositions stored) {
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    for (TopicPartition partition : partitions) {
      long start = starts.get(partition);
      long end = ends.get(partition);
      OptionalLong position = stored.of(partition.topic(), partition.partition());
      if (position.isPresent()) {
        check(partition, position.getAsLong(), start, end);
      }
      consumer.seek(partition, position.orElse(start));
      LOG.infof(
          "reads %s from offset %d%s; its log holds %d to %d",
          partition,
          position.orElse(start),
          position.isPresent() ? ", where the last checkpoint ends" : ", its beginning",
          start,
          end);
    }
  }

  private static void check(TopicPartition partition, long position, long start, long end) {
    if (position >= start && position <= end) {
      return;
    }
    String cause =
        position < start
            ? "records that were never read have been deleted (retention)"
            : "the topic was recreated, or the store belongs to another cluster";
    throw new IllegalStateException(
        "topic "
            + partition.topic()
            + " partition "
            + partition.partition()
            + ": the stored position "
            + position
            + " is outside the log, which holds "
            + start
            + " to "
            + end
            + ": "
            + cause
            + ". Restore the topic, or accept it by --accept-out-of-range=PARTITION=POSITION@beginning"
            + " (or @end); see src/docs/how-to/accept-a-change.md.");
  }
}
