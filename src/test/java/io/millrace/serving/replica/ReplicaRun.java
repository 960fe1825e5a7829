package io.millrace.serving.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.TransformerClassifier;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBert;
import io.millrace.testing.TinyVersion;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A topic of versions of a tiny model, which differ in their weights, the folder that they lie in,
 * and the settings of a replica that follows them. There is no trainer.
 */
final class ReplicaRun {

  static final String MODEL = "default";

  /** Of a prediction. */
  static final String BODY = "{\"text\": \"w7 w9 w30\"}";

  private static final Duration SOON = Duration.ofSeconds(30);

  private final Path folder;
  private final FolderVersionStore trainer;
  private final String topic;
  private long newest;

  /** Announces two versions. */
  ReplicaRun(Path folder) throws IOException {
    this.folder = folder;
    this.trainer = new FolderVersionStore(folder.resolve("trainer"));
    this.topic = TestBroker.topic("versions", 1);
    announceNext();
    announceNext();
  }

  /** The number of the version that was made last. */
  long newest() {
    return newest;
  }

  String topic() {
    return topic;
  }

  /** Where the trainer has a version's files. */
  Path files(ModelVersion version) {
    return trainer.folder(version.version(), version.term());
  }

  /** Makes the next version, and tells nobody. */
  ModelVersion next() {
    newest++;
    try (TransformerClassifier model =
        TransformerClassifier.fresh(TinyBert.base(0), 2, newest, Device.cpu())) {
      return TinyVersion.publish(trainer, newest, model, List.of("ham", "spam"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  ModelVersion announceNext() {
    ModelVersion version = next();
    announce(version);
    return version;
  }

  void announce(ModelVersion version) {
    send(VersionEvent.json(version));
  }

  /** Sends an event to the topic. */
  void send(String event) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer, new ProducerRecord<>(topic, MODEL.getBytes(UTF_8), event.getBytes(UTF_8)));
    }
  }

  /**
   * A replica's settings.
   *
   * @param store the name of its folder
   */
  Map<String, String> settings(String store) {
    Map<String, String> settings = new HashMap<>();
    settings.put("millrace.role", "serve");
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    settings.put("millrace.topics.versions", topic);
    settings.put("millrace.store", folder.resolve(store).toString());
    settings.put("millrace.device", "cpu");
    settings.put("ai.djl.pytorch.num_threads", "1"); // a second costs so small a model more
    return settings;
  }

  static JsonNode predict(Service replica) {
    return replica.post("/api/v1/predict", BODY);
  }

  static void awaitServed(Service replica, long version) {
    await("version " + version)
        .atMost(SOON)
        .until(() -> predict(replica).path("version").asLong() == version);
  }
}
