package io.millrace.kafka.commit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.commit.CommitRecord;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.example.DeadLetter;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.kafka.MetricsJson;
import io.millrace.kafka.TopicSettings;
import io.millrace.storage.Json;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Announcements of a checkpoint, as records: versions as CloudEvents in structured JSON keyed by
 * model, decisions and answers to commands as the metrics topic has them, dead letters as they
 * came.
 */
final class OutboxRecords {

  private final TopicSettings topics;
  private final DeadLetterRecords letters;

  OutboxRecords(TopicSettings topics, DeadLetterRecords letters) {
    this.topics = topics;
    this.letters = letters;
  }

  /** The record that proves to the next owner that a checkpoint is committed. */
  ProducerRecord<byte[], byte[]> of(CommitRecord record) {
    return new ProducerRecord<>(topics.commits(), record.model().getBytes(UTF_8), record.json());
  }

  /** The topic of commit records. */
  String commits() {
    return topics.commits();
  }

  /**
   * In the order in which they are sent.
   *
   * @param isSmall whether a topic's records are cut down: dead letters to reason, origin, size and
   *     hash, versions and decisions to all but the confusion matrices, which the version's files
   *     have
   */
  List<ProducerRecord<byte[], byte[]>> of(Outbox outbox, Predicate<String> isSmall) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (ModelVersion version : outbox.versions()) {
      String json = VersionEvent.json(version);
      records.add(
          event(
              topics.versions(),
              version.model(),
              isSmall.test(topics.versions()) ? withoutConfusion(json) : json));
    }
    for (ModelVersion version : outbox.repeats()) {
      String json = VersionEvent.repeated(version);
      records.add(
          event(
              topics.versions(),
              version.model(),
              isSmall.test(topics.versions()) ? withoutConfusion(json) : json));
    }
    for (RolledBack event : outbox.rollBacks()) {
      records.add(event(topics.versions(), event.model(), event.json()));
    }
    boolean smallMetrics = isSmall.test(topics.metrics());
    outbox.decisions().forEach(decision -> records.add(metric(decision, smallMetrics)));
    outbox.answers().forEach(answer -> records.add(metric(answer, smallMetrics)));
    for (DeadLetter letter : outbox.letters()) {
      records.add(
          isSmall.test(topics.deadLetter()) ? letters.coordinates(letter) : letters.of(letter));
    }
    return records;
  }

  private ProducerRecord<byte[], byte[]> metric(MetricRecord record, boolean small) {
    byte[] json = MetricsJson.bytes(record);
    return new ProducerRecord<>(
        topics.metrics(),
        record.model().getBytes(UTF_8),
        small ? withoutConfusion(new String(json, UTF_8)).getBytes(UTF_8) : json);
  }

  /** The same with every confusion matrix empty, as the golden set's are. */
  private static String withoutConfusion(String json) {
    try {
      JsonNode tree = Json.MAPPER.readTree(json);
      tree.findParents("confusion")
          .forEach(evaluation -> ((ObjectNode) evaluation).putArray("confusion"));
      return Json.MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was written as JSON is none", e);
    }
  }

  /** An event of the versions topic. */
  static ProducerRecord<byte[], byte[]> event(String topic, String model, String json) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, model.getBytes(UTF_8), json.getBytes(UTF_8));
    record.headers().add("content-type", VersionEvent.CONTENT_TYPE.getBytes(UTF_8));
    return record;
  }
}
