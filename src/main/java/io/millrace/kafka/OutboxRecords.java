package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.DeadLetter;
import io.millrace.ledger.CommitRecord;
import io.millrace.pipeline.MetricRecord;
import io.millrace.pipeline.Outbox;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.RolledBack;
import io.millrace.publication.VersionEvent;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a unit announces, as records: versions as CloudEvents in structured JSON keyed by model,
 * decisions and answers to commands as the metrics topic has them, dead letters as they came.
 */
final class OutboxRecords {

  private final TopicSettings topics;
  private final DeadLetterRecords letters;

  OutboxRecords(TopicSettings topics, DeadLetterRecords letters) {
    this.topics = topics;
    this.letters = letters;
  }

  /** What tells the next owner that a unit is committed. */
  ProducerRecord<byte[], byte[]> of(CommitRecord record) {
    return new ProducerRecord<>(
        topics.commits(), record.model().getBytes(UTF_8), record.json());
  }

  /**
   * In the order in which they are sent.
   *
   * @param smallLetters whether dead letters are cut down to reason, origin, size and hash
   */
  List<ProducerRecord<byte[], byte[]>> of(Outbox outbox, boolean smallLetters) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ModelVersion version : outbox.versions()) {
      records.add(event(topics.versions(), version.model(), VersionEvent.json(version)));
    }
    for (ModelVersion version : outbox.repeats()) {
      records.add(event(topics.versions(), version.model(), VersionEvent.repeated(version)));
    }
    for (RolledBack event : outbox.rollBacks()) {
      records.add(event(topics.versions(), event.model(), event.json()));
    }
    outbox.decisions().forEach(decision -> records.add(metric(decision)));
    outbox.answers().forEach(answer -> records.add(metric(answer)));
    for (DeadLetter letter : outbox.letters()) {
      records.add(smallLetters ? letters.coordinates(letter) : letters.of(letter));
    }
    return records;
  }

  private ProducerRecord<byte[], byte[]> metric(MetricRecord record) {
    return new ProducerRecord<>(
        topics.metrics(), record.model().getBytes(UTF_8), MetricsJson.bytes(record));
  }

  /** An event of the versions topic. */
  static ProducerRecord<byte[], byte[]> event(String topic, String model, String json) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, model.getBytes(UTF_8), json.getBytes(UTF_8));
    record.headers().add("content-type", VersionEvent.CONTENT_TYPE.getBytes(UTF_8));
    return record;
  }
}
