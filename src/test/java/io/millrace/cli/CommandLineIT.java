package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ServiceCommand;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBase;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar as a command. What {@code rebuild} does is in the fault tests. */
class CommandLineIT {

  @TempDir private Path folder;

  @Test
  void helpListsTheModesAndStartsNothing() throws Exception {
    ServiceCommand help = ServiceCommand.run(Map.of(), "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.output())
        .contains(
            "learns from labelled examples",
            "train",
            "serve",
            "rebuild",
            "Trains a version again",
            "replay",
            "evaluate-stream",
            "Exit codes")
        .doesNotContain("Listening on");
  }

  @Test
  void aWrongOptionIsNamed() throws Exception {
    ServiceCommand wrong = ServiceCommand.run(Map.of(), "rebuild", "first");

    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.output()).contains("'first' is not a long");
  }

  @Test
  void allWrongSettingsAreToldAtOnceEachWithItsValueAndRule() throws Exception {
    // When the service is started, and when another mode is
    Map<String, String> wrong =
        Map.of(
            "millrace.batch.max-examples", "0",
            "millrace.training.learning-rate", "fast",
            "millrace.training.optim", "adam",
            "millrace.model.name", "A B",
            "millrace.evaluation.every", "soon",
            "millrace.web.history-points", "1",
            "millrace.trianing.seed", "3");
    ServiceCommand service = ServiceCommand.run(wrong);
    ServiceCommand rebuild = ServiceCommand.run(wrong, "rebuild", "3");

    // Then
    String[] lines = {
      "millrace.batch.max-examples = 0: must be greater than or equal to 1",
      "millrace.evaluation.every = soon: Invalid duration: soon",
      "millrace.model.name = A B: must be letters, digits, '.', '_', '-'",
      "millrace.training.learning-rate = fast: Expected a double value, got \"fast\"",
      "millrace.trianing.seed: there is no such setting",
      "millrace.training.optim = adam: Cannot convert adam to enum class io.millrace.optim.TrainingSettings$Optim, allowed values: sgd,adamw",
      "millrace.web.history-points = 1: must be greater than or equal to 2"
    };
    assertThat(service.output())
        .contains("7 settings are wrong:")
        .contains(lines)
        .doesNotContain("Exception", "Listening on");
    assertThat(service.exitCode()).isEqualTo(2);
    assertThat(rebuild.output()).contains("7 settings are wrong:").contains(lines);
    assertThat(rebuild.exitCode()).isEqualTo(2);
  }

  @Test
  void rulesBetweenSettingsAreTold() throws Exception {
    ServiceCommand wrong =
        ServiceCommand.run(
            Map.of(
                "millrace.training.lr-scheduler-type", "linear",
                "millrace.labels.names", "one"));

    assertThat(wrong.output())
        .contains("2 settings are wrong:")
        .contains("millrace.training.max-steps")
        .contains("millrace.labels.names = one: a classifier needs at least two labels");
    assertThat(wrong.exitCode()).isEqualTo(2);
  }

  @Test
  void aKeyThatIsTooShortStopsTheStartAndIsNotShown() throws Exception {
    ServiceCommand wrong =
        ServiceCommand.run(Map.of("millrace.security.admin-keys", "my-short-key"));

    assertThat(wrong.output())
        .contains(
            "millrace.security.admin-keys = (not shown): must be keys of at least 16 characters")
        .doesNotContain("my-short-key", "Listening on");
    assertThat(wrong.exitCode()).isEqualTo(2);
  }

  @Test
  void aRangeThatHoldsNothingIsAWrongOption() throws Exception {
    ServiceCommand wrong = ServiceCommand.run(Map.of(), "replay", "--from", "5", "--to", "3");

    assertThat(wrong.output()).contains("--from 5 --to 3", "Usage:");
    assertThat(wrong.exitCode()).isEqualTo(2);
  }

  @Test
  void replayReadsTheSettingsAndSendsNothingInADryRun() throws Exception {
    // Given a topic of dead letters, of which none is one of this service
    String letters = TestBroker.topic("dead-letter", 1);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(producer, new ProducerRecord<>(letters, new byte[] {1}));
    }

    // When
    ServiceCommand dryRun =
        ServiceCommand.run(
            Map.of(
                "kafka.bootstrap.servers",
                TestBroker.address(),
                "millrace.topics.dead-letter",
                letters),
            "replay",
            "--dry-run");

    // Then
    assertThat(dryRun.output())
        .contains("0 dead letters would be sent back", "is no dead letter of this service");
    assertThat(dryRun.exitCode()).isEqualTo(1);

    // And its bar reached the end
    assertThat(dryRun.output()).containsPattern("dead letters +100%").contains("1/1 offsets");
  }

  @Test
  void whatCannotBeDoneIsOneLine() throws Exception {
    // Given
    TinyBase.write(folder.resolve("base"));

    // When
    ServiceCommand absent =
        ServiceCommand.run(
            Map.of(
                "millrace.model.base", folder.resolve("base").toString(),
                "millrace.model.name", "absent",
                "millrace.store", folder.toString()),
            "rebuild",
            "3");

    // Then
    assertThat(absent.exitCode()).isEqualTo(1);
    assertThat(absent.output())
        .contains("version 3 of model absent is not in the store, which has []")
        .doesNotContain("Exception");
  }
}
