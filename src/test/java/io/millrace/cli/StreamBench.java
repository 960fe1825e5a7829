package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What learning from a stream is worth, by the command {@code evaluate-stream}. Run by {@code
 * ./mvnw -Plearning verify -Dmillrace.stream=FILE}; what else is given as {@code -Dmillrace.*}
 * holds for all arms.
 */
class StreamBench {

  private static final String PREFIX = "millrace.stream.";
  private static final String NO_STREAM =
      "-Dmillrace.stream=FILE names the JSON lines to learn from, each with text, label and timestamp";
  private static final Path RESULTS =
      Path.of(System.getProperty(PREFIX + "output", "target/learning"));

  @Test
  void aStreamRunsInEventTimeOrder() {
    String file = System.getProperty("millrace.stream", "none");
    if (file.equals("none")) {
      System.out.println("StreamBench is skipped: " + NO_STREAM); // Maven does not say why
    }
    assumeTrue(!file.equals("none"), NO_STREAM);
    List<String> arguments =
        new ArrayList<>(List.of("evaluate-stream", file, "--output", RESULTS.toString()));
    for (String option : List.of("limit", "retrains", "max-length")) {
      String value = System.getProperty(PREFIX + option);
      if (value != null) {
        arguments.addAll(List.of("--" + option, value));
      }
    }

    if (Boolean.getBoolean(PREFIX + "brief")) {
      arguments.add("--brief");
    }

    // What is for this test alone would be misspelt settings to the command.
    System.getProperties()
        .keySet()
        .removeIf(name -> String.valueOf(name).matches("millrace\\.(stream|data|learning).*"));

    int exitCode = Millrace.commandLine().execute(arguments.toArray(String[]::new));

    assertThat(exitCode).isZero();
    assertThat(RESULTS.resolve("stream.json")).isNotEmptyFile();
    assertThat(RESULTS.resolve("stream.svg")).isNotEmptyFile();
  }
}
