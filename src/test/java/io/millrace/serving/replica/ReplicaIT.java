package io.millrace.serving.replica;

import static io.millrace.serving.replica.ReplicaRun.awaitServed;
import static io.millrace.serving.replica.ReplicaRun.predict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.storage.DurableFolder;
import io.millrace.testing.OpenLoop;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Service;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service as a replica, which follows a topic of versions and nothing else. */
class ReplicaIT {

  private static final Path LOG = Path.of("target", "replica-it.log");
  private static final int RATE = 200;

  @TempDir private static Path folder;
  private static ReplicaRun run;
  private static Service replica;

  @BeforeAll
  static void start() throws IOException {
    Files.deleteIfExists(LOG);
    run = new ReplicaRun(folder);
    replica = Service.start(run.settings("replica"), LOG);
  }

  @AfterAll
  static void stop() {
    if (replica != null) {
      replica.close();
    }
  }

  /** Whatever the test before has done. */
  @BeforeEach
  void serveTheNext() {
    run.announceNext();
    awaitServed(replica, run.newest());
  }

  @Test
  void requestsSeeNothingOfASwapButTheNewVersion() throws InterruptedException {
    // Given three versions to come
    long before = run.newest();
    List<ModelVersion> next = List.of(run.next(), run.next(), run.next());
    List<OpenLoop.Answer> answers = new ArrayList<>();
    try (OpenLoop load = new OpenLoop(replica.url("/api/v1/predict"), ReplicaRun.BODY)) {
      answers.addAll(load.run(RATE, Duration.ofSeconds(1)));

      // When they come one after another, while requests do
      CompletableFuture<Void> swaps =
          CompletableFuture.runAsync(
              () ->
                  next.forEach(
                      version -> {
                        run.announce(version);
                        awaitServed(replica, version.version());
                      }));
      do {
        answers.addAll(load.run(RATE, Duration.ofSeconds(1)));
      } while (!swaps.isDone());
      swaps.join();
      answers.addAll(load.run(RATE, Duration.ofSeconds(1)));
    }

    // Then each request was answered, by one version after the other
    assertThat(answers).extracting(OpenLoop.Answer::status).containsOnly(200);
    assertThat(answers.stream().map(OpenLoop.Answer::version).distinct())
        .containsExactlyElementsOf(LongStream.rangeClosed(before, before + 3).boxed().toList());
  }

  @Test
  void aDamagedArtifactIsRefusedAndTheNextGoodOneTaken() throws IOException {
    // Given
    long before = run.newest();
    ModelVersion damaged = run.next();
    Path weights = run.files(damaged).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    // When
    run.announce(damaged);

    // Then
    String refused = "version " + damaged.version() + " is refused";
    await().atMost(Duration.ofSeconds(30)).until(() -> replica.log().contains(refused));
    assertThat(replica.log()).contains("model.safetensors is damaged");
    assertThat(predict(replica).get("version").asLong()).isEqualTo(before);
    assertThat(replica.get("/api/v1/status").get("servingProblem").asText())
        .startsWith(refused + ", predictions stay as they are: ");

    // And when the next comes
    run.announceNext();
    awaitServed(replica, run.newest());
    assertThat(replica.get("/api/v1/status").get("servingProblem").isNull()).isTrue();
  }

  @Test
  void aRollBackIsFollowedAndARestartWithoutTheTrainersFilesServesOn() throws IOException {
    // Given
    ModelVersion back = run.announceNext();
    awaitServed(replica, back.version());
    ModelVersion left = run.announceNext();
    awaitServed(replica, left.version());
    double probability = predict(replica).at("/predictions/0/probability").asDouble();

    // When
    run.send(RollBacks.to(back).from(left.version()).build().json());
    awaitServed(replica, back.version());

    // Then
    assertThat(predict(replica).at("/predictions/0/probability").asDouble())
        .isNotEqualTo(probability);

    // And when the trainer's files are gone and the replica is killed and started again
    DurableFolder.remove(run.files(back));
    replica.kill();
    replica = Service.start(run.settings("replica"), LOG);

    // Then
    awaitServed(replica, back.version());
    assertThat(replica.get("/api/v1/status").at("/training/state").asText()).isEqualTo("serving");
    assertThat(replica.get("/api/v1/versions").get(0).get("version").asLong())
        .isEqualTo(left.version());
  }
}
