package io.millrace.cli;

import io.quarkus.runtime.ImageMode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How this process was started, as its user would type it again. */
final class Invocation {

  private static final String USUAL_JAR = "quarkus-run.jar";
  private static final Pattern JAR = Pattern.compile("(.*?\\.jar)(\\s.*)?");

  private Invocation() {}

  static String command() {
    return ImageMode.current() == ImageMode.NATIVE_RUN
        ? ofExecutable(ProcessHandle.current().info().command(), Path.of("").toAbsolutePath())
        : ofJar(Optional.ofNullable(System.getProperty("sun.java.command")));
  }

  /**
   * A native executable's.
   *
   * @param executable its path, where the system tells
   * @param folder what the user is in
   */
  static String ofExecutable(Optional<String> executable, Path folder) {
    return executable
        .map(Path::of)
        .map(path -> path.startsWith(folder) ? "./" + folder.relativize(path) : path.toString())
        .orElse("millrace");
  }

  /**
   * A JVM's.
   *
   * @param started main class or jar, and arguments; not every JVM tells
   */
  static String ofJar(Optional<String> started) {
    String jar =
        started.map(JAR::matcher).filter(Matcher::matches).map(m -> m.group(1)).orElse(USUAL_JAR);
    return "java -jar " + jar;
  }
}
