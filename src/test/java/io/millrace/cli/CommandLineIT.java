package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.ServiceCommand;
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
            "learns from labelled examples", "rebuild", "Trains a version again", "Exit codes")
        .doesNotContain("Listening on");
  }

  @Test
  void aWrongOptionIsNamed() throws Exception {
    ServiceCommand wrong = ServiceCommand.run(Map.of(), "rebuild", "first");

    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.output()).contains("'first' is not a long");
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
