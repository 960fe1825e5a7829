package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.demo.Mail;
import io.millrace.demo.MailStream;
import io.millrace.storage.Json;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The shipped mails on topics of their own, and the service's settings to learn from them fast. */
public final class MailRun {

  private final Map<String, String> topics =
      Map.of(
          "examples", TestBroker.topic("examples", 1),
          "heldout", TestBroker.topic("heldout", 1),
          "versions", TestBroker.topic("versions", 1),
          "metrics", TestBroker.topic("metrics", 1),
          "dead-letter", TestBroker.topic("dead-letter", 1),
          "commits", TestBroker.topic("commits", 1),
          "retry", TestBroker.topic("retry", 1),
          "control", TestBroker.topic("control", 1));

  private final List<Mail> mails;
  private final String model;
  private final Path folder;

  /**
   * @param model the model's name; no other test has it
   * @param folder of checkpoints and versions
   */
  public MailRun(String model, Path folder) throws IOException {
    this.model = model;
    this.folder = folder;
    this.mails = MailStream.read();
  }

  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    topics.forEach((name, topic) -> settings.put("millrace.topics." + name, topic));
    settings.put("millrace.model.name", model);
    settings.put("millrace.store", folder.toString());
    settings.put("millrace.labels.names", "ham,spam");
    settings.put("millrace.tokenize.max-length", "32");
    settings.put("millrace.batch.chunk-examples", "64");
    settings.put("millrace.batch.chunk-max-wait", "2s");
    settings.put("millrace.publication.min-held-out-per-label", "5");
    settings.put("millrace.checkpoint.every", "2s");
    settings.put("millrace.training.learning-rate", "2e-4");
    settings.put("millrace.training.warmup-steps", "5");
    settings.put("millrace.evaluation.every", "5s");
    settings.put("millrace.evaluation.max-share", "1"); // a test waits for them
    return settings;
  }

  /** Sends some of the mails, each to the topic it belongs to. */
  public void send(int from, int to) throws IOException {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (Mail mail : mails.subList(from, to)) {
        String topic = MailStream.isHeldOut(mail.text()) ? "heldout" : "examples";
        byte[] value =
            Json.MAPPER.writeValueAsBytes(
                Map.of(
                    "id", mail.id(),
                    "text", mail.text(),
                    "label", mail.label(),
                    "timestamp", mail.timestamp()));
        TestBroker.send(producer, new ProducerRecord<>(topics.get(topic), value));
      }
    }
  }

  /** Sends an example as it stands. */
  public void sendRaw(String value) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer,
          new ProducerRecord<>(topics.get("examples"), value.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** How many of some mails are to be trained on. */
  public long examples(int from, int to) {
    return mails.subList(from, to).stream()
        .filter(mail -> !MailStream.isHeldOut(mail.text()))
        .count();
  }

  /** The id of the first mail that is trained on. */
  public String firstExample() {
    return mails.stream()
        .filter(mail -> !MailStream.isHeldOut(mail.text()))
        .findFirst()
        .orElseThrow()
        .id();
  }

  /** The versions on the topic, in order. */
  public List<ModelVersion> announced() {
    return TestBroker.records(topics.get("versions")).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .filter(event -> event.contains(VersionEvent.TYPE))
        .map(VersionEvent::parse)
        .toList();
  }

  public List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return records("dead-letter");
  }

  /** What is on a topic now, by its setting's name. */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return TestBroker.records(topics.get(topic));
  }

  /** The training part of a service's status. */
  public static JsonNode training(Service service) {
    return service.get("/api/v1/status").get("training");
  }

  /** Waits until a service has trained on so many examples, and no more. */
  public static void awaitTrained(Service service, long examples) {
    await("all examples trained")
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> training(service).get("examplesTrained").asLong() >= examples);
    assertThat(training(service).get("examplesTrained").asLong()).isEqualTo(examples);
  }
}
