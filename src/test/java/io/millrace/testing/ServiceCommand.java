package io.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One mode of the package, run to its end as a process of its own.
 *
 * @param exitCode 0 where it was done
 * @param output everything that it printed
 */
public record ServiceCommand(int exitCode, String output) {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * Runs it.
   *
   * @param settings by property name
   */
  public static ServiceCommand run(Map<String, String> settings, String... arguments)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(List.of(Service.QUICK_START));
    settings.forEach((name, value) -> options.add("-D" + name + "=" + value));
    List<String> command = new ArrayList<>(Packaged.command(options));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("command", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile()) // of a pipe nobody could tell whether it ends
            .start();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(
            "%s goes on after %s: %s"
                .formatted(List.of(arguments), PATIENCE, Files.readString(output)));
      }
      return new ServiceCommand(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly().waitFor();
      Files.delete(output);
    }
  }
}
