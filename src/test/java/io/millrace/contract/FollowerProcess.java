package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.annotation.JsonView;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;

/** The example {@code FollowVersions.java}, compiled as it stands, as a process of its own. */
final class FollowerProcess implements AutoCloseable {

  private static final String NAME = "FollowVersions";
  private static final int MOST_LINES = 120;

  private final Process process;
  private final Path log;

  private FollowerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it with nothing on its class path but kafka-clients and Jackson, and SLF4J, which the
   * first one needs.
   *
   * @param classes where it is compiled to
   */
  static FollowerProcess start(
      Path classes, Map<String, String> environment, List<String> arguments) throws IOException {
    compile(classes);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                classes + File.pathSeparator + libraries(),
                NAME));
    command.addAll(arguments);
    Path log = Files.createTempFile(classes, "follower", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new FollowerProcess(builder.start(), log);
  }

  static void compile(Path classes) throws IOException {
    Path file = Path.of("src/examples/java", NAME + ".java");
    assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(MOST_LINES);
    Files.createDirectories(classes);
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-Xlint:all",
                "-Werror",
                "-proc:none",
                "--release",
                "17",
                "-cp",
                libraries(),
                "-d",
                classes.toString(),
                file.toString());
    assertThat(exitCode).as("%s compiles", NAME).isZero();
  }

  private static String libraries() {
    return Stream.of(
            KafkaConsumer.class,
            ObjectMapper.class,
            JsonFactory.class,
            JsonView.class,
            Logger.class)
        .map(FollowerProcess::jar)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  String output() throws IOException {
    return Files.readString(log);
  }

  /** Waits until it has printed this. */
  void awaitLine(String part) {
    await(part).atMost(Duration.ofSeconds(30)).until(() -> output().contains(part));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
