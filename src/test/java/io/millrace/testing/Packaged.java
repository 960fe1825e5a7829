package io.millrace.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the package is started: the jar by the JVM that runs the tests or, where the system property
 * {@code millrace.executable} names one, a native executable. The latter finds libtorch and the
 * tokenizers by the variables that {@code src/docs/how-to/native.md} names.
 */
final class Packaged {

  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

  private Packaged() {}

  /**
   * The command, up to where the arguments of the service follow.
   *
   * @param options the JVM's; a native executable takes {@code -D} and {@code -Xmx}, too, and has
   *     no use for {@code -XX}; a test that needs an agent is left out
   */
  static List<String> command(List<String> options) {
    String executable = System.getProperty("millrace.executable", "none");
    List<String> command = new ArrayList<>();
    if (executable.equals("none")) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.addAll(List.of("-jar", JAR.toString()));
    } else {
      assumeTrue(
          options.stream().noneMatch(option -> option.startsWith("-javaagent")),
          "a native executable has no agents");
      command.add(executable);
      options.stream().filter(option -> !option.startsWith("-XX:")).forEach(command::add);
    }
    return command;
  }
}
