package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.BrokerCluster;
import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The packaged service on a cluster, on a stream that does not end while something is done to the
 * brokers. It has to get over it by itself: it is never started again.
 */
final class BrokerRun {

  /** Chunks between two things that happen. */
  private static final int CHUNKS = 4;

  private static final Duration DEADLINE = Duration.ofMinutes(3);

  /** Long enough for a fault to fall into a step, which else takes some milliseconds. */
  private static final Duration STEP = Duration.ofMillis(50);

  private final BrokerCluster cluster;
  private final TinyStream stream;
  private final Path folder;
  private final Path log;
  private final AtomicInteger goal = new AtomicInteger(Integer.MAX_VALUE);
  private Service service;

  /**
   * @param model the model's name, of no other test; its log is {@code target/faults/MODEL.log}
   * @param partitions of the examples
   */
  BrokerRun(String model, int partitions, BrokerCluster cluster, Path folder) throws IOException {
    this.cluster = cluster;
    this.stream = new TinyStream(model, partitions, folder, cluster.direct());
    this.folder = folder;
    this.log = Files.createDirectories(Path.of("target", "faults")).resolve(model + ".log");
    Files.deleteIfExists(log);
  }

  BrokerCluster cluster() {
    return cluster;
  }

  TinyStream stream() {
    return stream;
  }

  /** Trains, lets something happen in the middle, trains on to the end, and stops. */
  Outcome run(Fault fault) throws IOException, InterruptedException, ExecutionException {
    Map<String, String> settings = stream.settings();
    settings.put("kafka.bootstrap.servers", cluster.linked().address());
    CompletableFuture<Void> feeding = CompletableFuture.runAsync(this::feed);
    try (Service started = Service.start(settings, log, SlowStep.agent(STEP, folder))) {
      service = started;
      awaitProgress();
      fault.happen(this);
      awaitProgress();
      goal.set(stream.examples() + CHUNKS * TinyStream.CHUNK);
      await("everything trained, see " + log)
          .atMost(DEADLINE)
          .until(() -> feeding.isDone() && stream.isFinished(status()));
      assertThat(feeding).isCompleted();
      assertThat(status().get("examplesTrained").asLong())
          .isEqualTo(stream.examples() - stream.bad());
      assertThat(service.stop()).isIn(0, 143);
    } finally {
      goal.set(0);
    }
    return Outcome.of(stream);
  }

  /** Waits until units of some more chunks are committed. */
  void awaitProgress() {
    int before = stream.examples();
    await("training to go on, see " + log)
        .atMost(DEADLINE)
        .until(() -> stream.examples() >= before + CHUNKS * TinyStream.CHUNK);
  }

  /** Waits until the service is in a state. */
  void awaitState(String state) {
    await("state " + state + ", see " + log)
        .atMost(DEADLINE)
        .until(() -> status().get("state").asText().equals(state));
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  private JsonNode status() {
    return MailRun.training(service);
  }

  private void feed() {
    try {
      stream.feed(examples -> examples < goal.get());
    } catch (InterruptedException | ExecutionException e) {
      throw new CompletionException(e);
    }
  }

  /** What happens in the middle of a run; the cluster is whole again behind it. */
  @FunctionalInterface
  interface Fault {
    void happen(BrokerRun run) throws IOException, InterruptedException, ExecutionException;
  }
}
