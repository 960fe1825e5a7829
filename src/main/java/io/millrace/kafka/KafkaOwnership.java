package io.millrace.kafka;

import io.millrace.pipeline.Commit;
import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.Ledger;
import io.millrace.pipeline.Ownership;
import io.millrace.pipeline.OwnershipLostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Commits units in Kafka transactions of one transactional id, the model's: the broker sees to it
 * that there is one owner. A transaction is open only while a unit is committed, since an open one
 * holds up everybody who reads committed records only.
 */
final class KafkaOwnership implements Ownership {

  private static final Logger LOG = Logger.getLogger(KafkaOwnership.class);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private final Producer<byte[], byte[]> producer;
  private final long term;
  private final Ledger ledger;
  private final String group;
  private final Set<String> inputs;
  private final OutboxRecords records;
  private volatile boolean closed;

  /**
   * @param producer transactional and initialized; closed with this
   * @param group the input's consumer group
   * @param inputs the topics that are read: the broker is not asked about offsets of others, which
   *     may be gone and then would hold every commit up
   */
  KafkaOwnership(
      Producer<byte[], byte[]> producer,
      long term,
      Ledger ledger,
      String group,
      Set<String> inputs,
      OutboxRecords records) {
    this.producer = producer;
    this.term = term;
    this.ledger = ledger;
    this.group = group;
    this.inputs = Set.copyOf(inputs);
    this.records = records;
  }

  @Override
  public long term() {
    return term;
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public void commit(Commit commit) throws OwnershipLostException, InterruptedException {
    boolean smallLetters = false;
    while (true) {
      try {
        transact(commit, smallLetters);
        return;
      } catch (ProducerFencedException
          | InvalidProducerEpochException
          | FencedInstanceIdException e) {
        throw lost("another instance has taken over", e);
      } catch (KafkaException e) {
        if (closed) {
          throw lost("the ownership was given up", e);
        }
        LOG.warnf(
            "unit %s is not committed yet, it is tried again until the broker takes it: %s",
            commit.unit(), e.getMessage());
        // Whichever it was: with all of them small, size cannot abort the next attempt.
        smallLetters |= causedBy(e, RecordTooLargeException.class);
        abort(commit);
        TimeUnit.NANOSECONDS.sleep(TRY_AGAIN.toNanos());
      } catch (IllegalStateException e) { // what a closed producer throws
        throw lost("the ownership was given up", e);
      }
    }
  }

  /** Fails what is under way; the broker aborts it once somebody takes over. */
  @Override
  public void close() {
    closed = true;
    producer.close(Duration.ZERO);
  }

  private void transact(Commit commit, boolean smallLetters) {
    producer.beginTransaction();
    records
        .of(commit.outbox(), smallLetters)
        .forEach(
            record -> {
              var unused = producer.send(record); // a failure fails the transaction
            });
    Map<TopicPartition, OffsetAndMetadata> offsets = offsets(commit);
    if (!offsets.isEmpty()) {
      producer.sendOffsetsToTransaction(offsets, wholeGroup());
    }
    while (true) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException e) {
        // The outcome is open, and asking again is how to learn it.
        LOG.warnf("the broker has not answered whether unit %s is committed", commit.unit());
      }
    }
  }

  /** Without a member: it is the transactional id that fences, and members change meanwhile. */
  @SuppressWarnings("removal") // until Kafka 5
  private ConsumerGroupMetadata wholeGroup() {
    return new ConsumerGroupMetadata(group);
  }

  private void abort(Commit commit) throws OwnershipLostException {
    while (!closed) {
      try {
        producer.abortTransaction();
        return;
      } catch (TimeoutException e) {
        LOG.warnf("the broker has not answered whether unit %s is aborted", commit.unit());
      } catch (KafkaException | IllegalStateException e) {
        throw lost("the transaction cannot be aborted", e);
      }
    }
  }

  private OwnershipLostException lost(String why, RuntimeException cause) {
    return new OwnershipLostException(
        "term %d has ended, %s (%s)".formatted(term, why, cause.getMessage()), cause);
  }

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(Commit commit) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    commit
        .positions()
        .next()
        .forEach(
            (key, next) -> offsets.put(partition(key), new OffsetAndMetadata(next, commit.unit())));
    offsets.keySet().removeIf(partition -> !inputs.contains(partition.topic()));
    return offsets;
  }

  /** The inverse of {@link InputPositions#key}; a topic's name may hold dashes itself. */
  static TopicPartition partition(String key) {
    int dash = key.lastIndexOf('-');
    return new TopicPartition(key.substring(0, dash), Integer.parseInt(key.substring(dash + 1)));
  }
}
