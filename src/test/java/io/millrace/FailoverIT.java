package io.millrace;

import static io.millrace.testing.MailRun.awaitTrained;
import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.publication.ModelVersion;
import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two packaged services of one model on one store and broker; the owner is killed. */
class FailoverIT {

  /** After which the broker notices a death; its shortest. */
  private static final Duration SESSION = Duration.ofSeconds(6);

  private static final Duration TAKE_OVER = Duration.ofSeconds(10);
  private static final int FIRST = 512;
  private static final int SECOND = 192;

  @TempDir private Path folder;

  @Test
  void aStandbyTakesOverFromAKilledOwnerAndNothingIsLostOrDoubled() throws IOException {
    // Given an owner that trains, and a standby that leaves it alone
    MailRun mails = new MailRun("failover", folder);
    Map<String, String> settings = mails.settings();
    settings.put("mp.messaging.incoming.input.session.timeout.ms", "" + SESSION.toMillis());
    settings.put("mp.messaging.incoming.input.heartbeat.interval.ms", "1000");
    mails.send(0, FIRST);
    mails.sendRaw("no JSON");
    try (Service owner = Service.start(settings, log("owner"))) {
      await("the owner to train")
          .atMost(Duration.ofMinutes(1))
          .until(() -> training(owner).get("examplesTrained").asLong() > 0);
      try (Service standby = Service.start(settings, log("standby"))) {
        awaitTrained(owner, mails.examples(0, FIRST));
        await("a version").atMost(Duration.ofMinutes(1)).until(() -> !mails.announced().isEmpty());
        assertThat(training(standby).get("state").asText()).isEqualTo("standby");

        // When
        mails.send(FIRST, FIRST + SECOND);
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
        awaitTrained(standby, mails.examples(0, FIRST + SECOND));
        assertThat(standby.stop()).isIn(0, 143);
        assertThat(standby.log()).contains("going on from checkpoint");
      }
    }

    // And over the fail-over nothing was announced or dead-lettered twice, or left out
    assertThat(mails.announced())
        .extracting(ModelVersion::version)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, mails.announced().size()).boxed().toList());
    assertThat(mails.deadLetters()).hasSize(1);
  }

  private static Path log(String who) {
    return Path.of("target", "failover-" + who + ".log");
  }
}
