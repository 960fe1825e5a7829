package io.millrace.bench;

import static io.millrace.testing.MailRun.awaitTrained;
import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What evaluations cost beside training, on this machine: the packaged service with the real MiniLM
 * on real mails, with the evaluations' settings at their defaults.
 */
class EvaluationShareBench {

  private static final int MAILS = 704;
  private static final Path LOG = Path.of("target", "evaluation-share.log");

  @TempDir private Path folder;

  @Test
  void evaluationsTakeLessThanATenthOfTraining() throws IOException {
    // Given
    MailRun mails = new MailRun("share", folder);
    Map<String, String> settings = mails.settings();
    settings.remove("millrace.evaluation.every");
    settings.remove("millrace.evaluation.max-share");
    mails.send(0, MAILS);

    // When
    try (Service service = Service.start(settings, LOG)) {
      awaitTrained(service, mails.examples(0, MAILS));

      // Then
      double share = training(service).get("evaluationShare").asDouble();
      System.out.printf("evaluations took %.4f of what training steps took%n", share);
      assertThat(share).isPositive().isLessThan(0.1);
    }
  }
}
