package io.millrace.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.model.TransformerClassifier;
import io.millrace.publication.DurableFolder;
import io.millrace.publication.FolderVersionStore;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.RolledBack;
import io.millrace.publication.VersionEvent;
import io.millrace.testing.Examples;
import io.millrace.testing.OpenLoop;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBert;
import io.millrace.testing.TinyVersion;
import io.millrace.testing.Versions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service as a replica, beside a topic of versions and nothing else: a tiny model,
 * whose versions differ in their weights.
 */
class ReplicaIT {

  private static final Path LOG = Path.of("target", "replica-it.log");
  private static final String MODEL = "default";
  private static final String BODY = "{\"text\": \"w7 w9 w30\"}";
  private static final List<Integer> RATES = List.of(1000, 500, 200, 50, 20);
  private static final int WARM_UP_RATE = 600;
  private static final Duration WARM_UP = Duration.ofSeconds(35);
  private static final Duration CALM_P99 = Duration.ofMillis(250);
  private static final Duration SWAP_P99 = Duration.ofSeconds(1);

  @TempDir private Path folder;

  private FolderVersionStore trainer;
  private String topic;
  private Service replica;

  @BeforeEach
  void start() throws IOException {
    Files.deleteIfExists(LOG);
    trainer = new FolderVersionStore(folder.resolve("trainer"));
    topic = TestBroker.topic("versions", 1);
    announce(publish(1));
    announce(publish(2));
    replica = Service.start(settings(), LOG);
    awaitServed(2);
  }

  @AfterEach
  void stop() {
    replica.close();
  }

  @Test
  void requestsUnderLoadSeeNothingOfASwapButTheNewVersion() throws Exception {
    // Given a thousand requests a second, or as many as the machine has time for
    load(WARM_UP_RATE).run(WARM_UP); // its compilers take most of two cores meanwhile
    OpenLoop load = null;
    int rate = 0;
    List<OpenLoop.Answer> calm = List.of();
    for (int i = 0; i < RATES.size() && !isHeld(calm); i++) {
      rate = RATES.get(i);
      load = load(rate);
      calm = load.run(Duration.ofSeconds(4));
    }
    assertThat(isHeld(calm)).as("%d requests a second are held", rate).isTrue();

    // When three versions come one after another
    CompletableFuture<Void> swaps =
        CompletableFuture.runAsync(
            () -> {
              for (long number = 3; number <= 5; number++) {
                announce(publish(number));
                awaitServed(number);
              }
            });
    List<OpenLoop.Answer> answers = load.run(Duration.ofSeconds(10));
    swaps.join();

    // Then each request was answered, by one version after the other
    assertThat(answers).extracting(OpenLoop.Answer::status).containsOnly(200);
    assertThat(answers.stream().map(OpenLoop.Answer::version).distinct())
        .startsWith(2L)
        .endsWith(5L)
        .contains(3L, 4L);

    // And hardly later than without a swap
    System.out.printf(
        "%d requests a second: %s; with three swaps: %s%n", rate, told(calm), told(answers));
    assertThat(OpenLoop.quantile(answers, 0.99)).isLessThan(SWAP_P99);
  }

  private OpenLoop load(int perSecond) {
    return new OpenLoop(
        HttpRequest.newBuilder(URI.create(replica.url("/api/v1/predict")))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(BODY))
            .build(),
        response -> Long.parseLong(response.headers().firstValue("Millrace-Version").get()),
        perSecond);
  }

  private static boolean isHeld(List<OpenLoop.Answer> calm) {
    return !calm.isEmpty() && OpenLoop.quantile(calm, 0.99).compareTo(CALM_P99) < 0;
  }

  private static String told(List<OpenLoop.Answer> answers) {
    return "p50 %d ms, p99 %d ms, slowest %d ms"
        .formatted(
            OpenLoop.quantile(answers, 0.5).toMillis(),
            OpenLoop.quantile(answers, 0.99).toMillis(),
            OpenLoop.quantile(answers, 1).toMillis());
  }

  @Test
  void aDamagedArtifactIsRefusedAndTheNextGoodOneTaken() throws IOException {
    // Given
    ModelVersion damaged = publish(3);
    Path weights = trainer.folder(3, Versions.TERM).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    // When
    announce(damaged);

    // Then
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> replica.log().contains("version 3 is refused"));
    assertThat(replica.log()).contains("model.safetensors is damaged");
    assertThat(predict().get("version").asLong()).isEqualTo(2);
    assertThat(replica.get("/api/v1/status").get("servingProblem").asText())
        .startsWith("version 3 is refused, predictions stay as they are: ");

    // And when the next comes
    announce(publish(4));
    awaitServed(4);
    assertThat(replica.get("/api/v1/status").get("servingProblem").isNull()).isTrue();
  }

  @Test
  void aRollBackIsFollowedAndARestartWithoutTheTrainersFilesServesOn() throws IOException {
    // Given
    announce(publish(3));
    awaitServed(3);
    double probability = predict().at("/predictions/0/probability").asDouble();

    // When
    send(
        new RolledBack(
                MODEL,
                2,
                Versions.TERM,
                3,
                3,
                "SKIP",
                "test",
                "worse",
                Optional.empty(),
                Map.of(),
                Examples.NOON)
            .json());
    awaitServed(2);

    // Then
    assertThat(predict().at("/predictions/0/probability").asDouble()).isNotEqualTo(probability);

    // And when the trainer's files are gone and the replica is killed and started again
    DurableFolder.remove(trainer.folder(2, Versions.TERM));
    replica.kill();
    replica = Service.start(settings(), LOG);

    // Then
    awaitServed(2);
    assertThat(replica.get("/api/v1/status").at("/training/state").asText()).isEqualTo("serving");
    assertThat(replica.get("/api/v1/versions").get(0).get("version").asLong()).isEqualTo(3);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("millrace.role", "serve");
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    settings.put("millrace.topics.versions", topic);
    settings.put("millrace.store", folder.resolve("replica").toString());
    settings.put("millrace.device", "cpu");
    return settings;
  }

  private ModelVersion publish(long number) {
    try (TransformerClassifier model =
        TransformerClassifier.fresh(TinyBert.base(0), 2, number, Device.cpu())) {
      return TinyVersion.publish(trainer, number, model, List.of("ham", "spam"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void announce(ModelVersion version) {
    send(VersionEvent.json(version));
  }

  private void send(String event) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer, new ProducerRecord<>(topic, MODEL.getBytes(UTF_8), event.getBytes(UTF_8)));
    }
  }

  private JsonNode predict() {
    return replica.post("/api/v1/predict", BODY);
  }

  private void awaitServed(long version) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> predict().path("version").asLong() == version);
  }
}
