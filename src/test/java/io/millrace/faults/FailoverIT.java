package io.millrace.faults;

import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two packaged services of one model on one store and broker; the owner is killed. */
class FailoverIT {

  /** After which the broker notices a death; its shortest. */
  private static final Duration SESSION = Duration.ofSeconds(6);

  private static final Duration TAKE_OVER = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int EXAMPLES = 12 * TinyStream.CHUNK;

  @TempDir private Path folder;

  @Test
  void aStandbyTakesOverFromAKilledOwnerAndNothingIsLostOrDoubled() throws Exception {
    // Given an owner that trains, and a standby that leaves it alone
    TinyStream stream = new TinyStream("failover", 1, folder);
    Map<String, String> settings = stream.settings();
    settings.put("mp.messaging.incoming.input.session.timeout.ms", "" + SESSION.toMillis());
    CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed(stream));
    try (Service owner = Service.start(settings, log("owner"))) {
      await("the owner to train")
          .atMost(SOON)
          .until(() -> training(owner).get("examplesTrained").asLong() > 0);
      try (Service standby = Service.start(settings, log("standby"))) {
        await("some commits").atMost(SOON).until(() -> stream.examples() >= EXAMPLES / 2);
        assertThat(training(standby).get("state").asText()).isEqualTo("standby");

        // When
        owner.kill();
        long killed = System.nanoTime();

        // Then the standby owns the model soon after the broker noticed
        await("the standby to take over")
            .atMost(SESSION.plus(TAKE_OVER))
            .until(() -> !training(standby).get("state").asText().equals("standby"));
        System.out.printf(
            "taken over %.1f s after the kill, the broker notices after %d s%n",
            (System.nanoTime() - killed) / 1e9, SESSION.toSeconds());

        // And ends where the owner would have
        await("everything trained")
            .atMost(SOON)
            .until(() -> feeding.isDone() && stream.isFinished(training(standby)));
        assertThat(feeding).isCompleted();
        assertThat(standby.stop()).isIn(0, 143);
        assertThat(standby.log()).contains("going on from checkpoint");
      }
    }

    // And over the fail-over nothing was announced or dead-lettered twice, or left out
    Outcome.of(stream).assertWhole();
  }

  private static void feed(TinyStream stream) {
    try {
      stream.feed(sent -> sent < EXAMPLES);
    } catch (InterruptedException | ExecutionException e) {
      throw new CompletionException(e);
    }
  }

  private static Path log(String who) {
    return Path.of("target", "failover-" + who + ".log");
  }
}
