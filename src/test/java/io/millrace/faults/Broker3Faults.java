package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.Kafka3Broker;
import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service on a broker of the last 3.x: it trains, publishes, dies and goes on as on
 * one of today ({@code ./mvnw -Pfaults verify}).
 */
class Broker3Faults {

  private static final int CHUNKS = 12;

  @TempDir private Path folder;

  @Test
  void onABrokerOf3TheServiceDiesAndGoesOnWithNothingLostOrDoubled() throws Exception {
    Path logs = Files.createDirectories(Path.of("target", "faults"));
    Path log = logs.resolve("kafka3.log");
    Files.deleteIfExists(log);
    Files.createDirectories(folder.resolve("broker"));
    try (Kafka3Broker broker =
        new Kafka3Broker(folder.resolve("broker"), logs.resolve("kafka3-broker.log"))) {
      // Given
      TinyStream stream = new TinyStream("kafka3", 2, folder, broker.brokers());
      CompletableFuture<Void> feeding =
          CompletableFuture.runAsync(
              () -> {
                try {
                  stream.feed(examples -> examples < CHUNKS * TinyStream.CHUNK);
                } catch (InterruptedException | ExecutionException e) {
                  throw new CompletionException(e);
                }
              });

      // When it is killed in the middle
      try (Service service = Service.start(stream.settings(), log)) {
        await("some commits, see " + log)
            .atMost(Duration.ofMinutes(1))
            .until(() -> stream.examples() >= CHUNKS / 2 * TinyStream.CHUNK);
        service.kill();
      }
      try (Service service = Service.start(stream.settings(), log)) {
        await("everything trained, see " + log)
            .atMost(Duration.ofMinutes(2))
            .until(() -> feeding.isDone() && stream.isFinished(MailRun.training(service)));
        assertThat(feeding).isCompleted();
        assertThat(service.stop()).isIn(0, 143);
      }

      // Then
      Outcome outcome = Outcome.of(stream);
      FaultReport.OF_THIS_RUN.add(
          FaultReport.Fault.of("kill", "on Kafka 3", outcome, Optional.empty()));
      outcome.assertWhole();
    }
  }
}
