package io.millrace.kafka.commit;

import io.millrace.commit.CommitRecord;
import io.millrace.commit.Ledger;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Reads what the broker knows of a model's past, once nobody can add to it any more.
 *
 * <p>Two things, written in its transaction, name the last checkpoint: the commit record, and the
 * metadata of the group's offsets. Either proves that its checkpoint was sent, and the lack of
 * either proves nothing: offsets expire and are reset, and a release without commit records may
 * have run in between. So the newer of the two is the last checkpoint.
 */
final class LedgerReader {

  private static final Logger LOG = Logger.getLogger(LedgerReader.class);

  private final Admin admin;
  private final CommitLog commits;
  private final VersionsTail versions;

  /**
   * @param admin not closed
   * @param client properties that lead to the broker
   * @param answerWithin longest wait for a version
   */
  LedgerReader(Admin admin, CommitLog commits, Map<String, Object> client, Duration answerWithin) {
    this.admin = admin;
    this.commits = commits;
    this.versions = new VersionsTail(client, answerWithin);
  }

  /**
   * @param group the input's consumer group
   * @param started the owner's trainer-started event: versions are looked for before it
   */
  Ledger read(String group, String model, RecordMetadata started)
      throws InterruptedException, ExecutionException {
    Optional<CommitRecord> record = commits.last();
    GroupOffsets offsets =
        new GroupOffsets(
            group,
            admin
                .listConsumerGroupOffsets(
                    group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                .partitionsToOffsetAndMetadata()
                .get());
    Optional<String> recorded = record.flatMap(CommitRecord::unit);
    Optional<String> unit =
        Ledger.newest(Stream.of(recorded, offsets.unit()).flatMap(Optional::stream).toList());
    boolean isOfRecord = record.isPresent() && recorded.equals(unit);
    if (isOfRecord) {
      offsets.notice(record.get()).ifPresent(LOG::warn);
    } else if (record.isPresent()) {
      LOG.infof(
          "the offsets of group %s are of unit %s, the last commit record of %s: another release"
              + " has trained in between",
          group, unit.orElseThrow(), recorded.orElse("none"));
    }
    return new Ledger(
        unit,
        isOfRecord ? new InputPositions(record.get().positions()) : offsets.positions(),
        versions.last(
            new TopicPartition(started.topic(), started.partition()), model, started.offset()),
        record.map(CommitRecord::letters).orElse(SentDeadLetters.NONE),
        record.map(CommitRecord::term));
  }
}
