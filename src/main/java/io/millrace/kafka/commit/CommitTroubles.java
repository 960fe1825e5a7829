package io.millrace.kafka.commit;

import io.millrace.fault.Backoff;
import io.millrace.fault.Fault;
import io.millrace.fault.KafkaFaults;
import io.millrace.problem.OpenProblems;
import io.millrace.storage.DurabilityTimes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;

/**
 * Handling of failed commits: the cause is reported, the next attempt comes after a growing pause,
 * and where a record was too large for its topic, that topic's records are cut down from then on.
 * The committing thread's, but for {@link #end}.
 */
final class CommitTroubles {

  /** The place of its problems. */
  static final String PLACE = "commit";

  private static final Logger LOG = Logger.getLogger(CommitTroubles.class);

  private final OpenProblems problems;
  private final Backoff backoff;
  private final DurabilityTimes times;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Set<String> small = ConcurrentHashMap.newKeySet();

  /** The topic of the first record of an attempt that failed by itself. */
  private final AtomicReference<String> failedTopic = new AtomicReference<>();

  /**
   * @param times told when commits begin and end, and of the ownership's end
   */
  CommitTroubles(OpenProblems problems, Backoff backoff, DurabilityTimes times) {
    this.times = times;
    this.problems = problems;
    this.backoff = backoff;
  }

  /** A commit begins. */
  void begins() {
    if (ended.getCount() > 0) {
      times.committing();
    }
  }

  /** Sends a record of the transaction; a failure fails the transaction, and is noted. */
  void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    var unused =
        producer.send(
            record,
            (done, failure) -> {
              // Those that follow fail since the transaction is aborted, which tells nothing.
              if (failure != null) {
                failedTopic.compareAndSet(null, record.topic());
              }
            });
  }

  /** Whether the topic's records are cut down. */
  boolean isSmall(String topic) {
    return small.contains(topic);
  }

  /**
   * An attempt failed. Tells why, and waits until the next is due or {@link #end} is called.
   *
   * @param unit that is to be committed
   */
  void failed(RuntimeException failure, String unit) throws InterruptedException {
    if (KafkaFaults.has(failure, InterruptException.class)) {
      boolean unused = Thread.interrupted();
      throw new InterruptedException("interrupted while unit " + unit + " was committed");
    }
    Optional<String> topic = Optional.ofNullable(failedTopic.getAndSet(null));
    LOG.debugf(failure, "unit %s is not committed yet", unit);
    if (KafkaFaults.isTooLarge(failure) && topic.filter(small::add).isPresent()) {
      LOG.warnf(
          "a record of unit %s is too large for topic %s: dead letters go without their values and"
              + " announcements without confusion matrices, %s",
          unit, topic.get(), failure.getMessage());
      return; // at once, since it is another attempt
    }
    Fault fault = KafkaFaults.of(failure, topic);
    problems.report(
        PLACE, fault.outlook(), "unit %s: %s".formatted(unit, fault.cause()), fault.remedy());
    if (backoff.pause(ended)) {
      problems.resolve(PLACE);
    }
  }

  /**
   * Reports that the broker has not answered yet whether a checkpoint is committed or aborted. It
   * is asked again.
   */
  void unanswered(RuntimeException failure, String unit) {
    Fault fault = KafkaFaults.of(failure);
    problems.report(
        PLACE,
        fault.outlook(),
        "what became of unit %s is not known yet, %s".formatted(unit, fault.cause()),
        fault.remedy());
  }

  /** An attempt succeeded. */
  void over() {
    times.committed();
    backoff.reset();
    problems.resolve(PLACE);
  }

  /** Ends the pause under way, and all that follow; the problem goes with it. Any thread. */
  void end() {
    if (ended.getCount() > 0) {
      ended.countDown();
      times.notCommitted();
      times.ownsNoLonger();
      problems.resolve(PLACE);
    }
  }
}
