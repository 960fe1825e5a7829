package io.millrace.kafka.commit;

import io.millrace.commit.Commit;
import io.millrace.commit.CommitRecord;
import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.example.Partition;
import io.millrace.fault.KafkaFaults;
import io.millrace.kafka.Partitions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Commits checkpoints in Kafka transactions under the model's transactional id, so the broker
 * ensures that there is one owner. A transaction is open only while a checkpoint is committed,
 * because an open one holds up every consumer that reads only committed records.
 *
 * <p>A producer becomes useless while its owner stays the owner: the broker forgets transactional
 * ids that were idle for {@code transactional.id.expiration.ms}, and some errors cannot be aborted.
 * Then a new one takes its place, unless the commit records show a later term; and what became of
 * the last transaction is read there, too, never guessed.
 */
public final class KafkaOwnership implements Ownership {

  private static final Logger LOG = Logger.getLogger(KafkaOwnership.class);

  /** Most ranges of sent dead letters in a record that has to be small: some 2 KB. */
  private static final int FEW_RUNS = 100;

  private final Supplier<Producer<byte[], byte[]>> producers;
  private final CommitLog commits;
  private final Owner owner;
  private final long term;
  private final Ledger ledger;
  private final OutboxRecords records;
  private final CommitTroubles troubles;
  private volatile Producer<byte[], byte[]> producer;
  private volatile boolean closed;

  /**
   * @param first transactional and initialized; closed with this
   * @param producers opens another, not initialized yet
   * @param commits where to read what is committed
   */
  KafkaOwnership(
      Producer<byte[], byte[]> first,
      Supplier<Producer<byte[], byte[]>> producers,
      CommitLog commits,
      Owner owner,
      long term,
      Ledger ledger,
      OutboxRecords records,
      CommitTroubles troubles) {
    this.producer = first;
    this.producers = producers;
    this.commits = commits;
    this.owner = owner;
    this.term = term;
    this.ledger = ledger;
    this.records = records;
    this.troubles = troubles;
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
    troubles.begins();
    Outcome before = Outcome.ABORTED;
    while (true) {
      boolean begun = false;
      try {
        if (before == Outcome.USELESS) {
          renew();
          before = Outcome.UNKNOWN;
        }
        if (before == Outcome.UNKNOWN && isCommitted(commit)) {
          LOG.infof("unit %s turns out to be committed", commit.unit());
          troubles.over();
          return;
        }
        begun = true;
        transact(commit);
        troubles.over();
        return;
      } catch (KafkaException | IllegalStateException e) { // the latter of a closed producer, too
        requireOwner(e);
        before = begun ? abort(commit) : before;
        troubles.failed(e, commit.unit());
      }
    }
  }

  /** Fails what is under way; the broker aborts it once somebody takes over. */
  @Override
  public void close() {
    closed = true;
    troubles.end();
    producer.close(Duration.ZERO);
  }

  private void transact(Commit commit) {
    producer.beginTransaction();
    records
        .of(commit.outbox(), troubles::isSmall)
        .forEach(record -> troubles.send(producer, record));
    troubles.send(producer, records.of(record(commit)));
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
        troubles.unanswered(e, commit.unit());
      }
    }
  }

  private CommitRecord record(Commit commit) {
    Map<Partition, Long> positions = new HashMap<>();
    offsets(commit)
        .forEach((partition, next) -> positions.put(Partitions.of(partition), next.offset()));
    return new CommitRecord(
        owner.model(),
        term,
        Optional.of(commit.unit()).filter(unit -> !unit.isEmpty()),
        positions,
        troubles.isSmall(records.commits()) ? commit.letters().limited(FEW_RUNS) : commit.letters(),
        Instant.now());
  }

  /** Without a member: it is the transactional id that fences, and members change meanwhile. */
  @SuppressWarnings("removal") // until Kafka 5
  private ConsumerGroupMetadata wholeGroup() {
    return new ConsumerGroupMetadata(owner.group());
  }

  /** What is left of the attempt, and of the producer. */
  private Outcome abort(Commit commit) throws OwnershipLostException {
    while (!closed) {
      try {
        producer.abortTransaction();
        return Outcome.UNKNOWN;
      } catch (TimeoutException e) {
        troubles.unanswered(e, commit.unit());
      } catch (KafkaException | IllegalStateException e) {
        requireOwner(e);
        LOG.warnf(
            "term %d needs a new producer, with this one nothing can be committed any more: %s",
            term, e.getMessage());
        return Outcome.USELESS;
      }
    }
    return Outcome.UNKNOWN; // closed: the next attempt says so
  }

  /**
   * Takes a new producer in the place of the useless one. It fences every other of the model, so
   * the commit records are asked before, for the sake of an owner that has taken over, and after,
   * when nobody else can add to them.
   */
  private void renew() throws OwnershipLostException, InterruptedException {
    ofOwnTerm(commits.lastInSight()); // the useless one's transaction may be open still
    producer.close(Duration.ZERO);
    Producer<byte[], byte[]> next = producers.get();
    producer = next;
    if (closed) { // which may have closed the one before
      next.close(Duration.ZERO);
    }
    next.initTransactions();
    ofOwnTerm(commits.last());
    LOG.infof("term %d goes on with a new producer", term);
  }

  private boolean isCommitted(Commit commit) throws OwnershipLostException, InterruptedException {
    return ofOwnTerm(commits.last())
        .filter(record -> record.unit().orElse("").equals(commit.unit()))
        .isPresent();
  }

  /**
   * The last record, where this term has written it.
   *
   * @throws OwnershipLostException where a later one has
   */
  private Optional<CommitRecord> ofOwnTerm(Optional<CommitRecord> last)
      throws OwnershipLostException {
    if (last.isPresent() && last.get().term() > term) {
      throw new OwnershipLostException(
          "term %d has ended, another instance has taken over in term %d"
              .formatted(term, last.get().term()),
          null);
    }
    return last.filter(record -> record.term() == term);
  }

  /**
   * @throws OwnershipLostException where a failure says, or comes from, the end of the ownership
   */
  private void requireOwner(RuntimeException failure) throws OwnershipLostException {
    if (KafkaFaults.isFenced(failure)) {
      throw lost("another instance has taken over", failure);
    }
    if (closed) {
      throw lost("the ownership was given up", failure);
    }
  }

  private OwnershipLostException lost(String why, RuntimeException cause) {
    return new OwnershipLostException(
        "term %d has ended, %s (%s)".formatted(term, why, cause.getMessage()), cause);
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(Commit commit) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    commit
        .positions()
        .next()
        .forEach(
            (partition, next) -> {
              if (owner.inputs().contains(partition.topic())) {
                offsets.put(
                    Partitions.kafkas(partition), new OffsetAndMetadata(next, commit.unit()));
              }
            });
    return offsets;
  }

  /** What became of the transaction before. */
  private enum Outcome {
    /** There was none, or nothing of it is visible. */
    ABORTED,
    /** Its abort succeeded, or it may have been committed: the commit records tell. */
    UNKNOWN,
    /** The same, and the producer is of no use any more. */
    USELESS
  }

  /**
   * Whose units they are.
   *
   * @param group the input's consumer group
   * @param inputs the topics that are read: the broker is not asked about offsets of others, which
   *     may be gone and then would hold every commit up
   */
  record Owner(String model, String group, Set<String> inputs) {
    Owner {
      inputs = Set.copyOf(inputs);
    }
  }
}
