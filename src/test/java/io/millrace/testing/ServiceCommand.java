package io.millrace.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One mode of the packaged jar, run to its end as a process of its own.
 *
 * @param exitCode 0 where it was done
 * @param output everything that it printed
 */
public record ServiceCommand(int exitCode, String output) {

  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

  /**
   * Runs it.
   *
   * @param settings by property name
   */
  public static ServiceCommand run(Map<String, String> settings, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new ServiceCommand(process.waitFor(), output);
  }
}
