package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ServiceCommand;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBase;
import java.nio.file.Path;
import java.util.Map;
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
  void replayReadsTheSettingsAndSendsNothingInADryRun() throws Exception {
    // Given a topic without dead letters
    String letters = TestBroker.topic("dead-letter", 2);

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
    assertThat(dryRun.output()).contains("0 dead letters would be sent back");
    assertThat(dryRun.exitCode()).isZero();
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
