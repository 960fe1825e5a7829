package io.millrace.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packaged service as a process of its own, the way an operator runs it. */
public final class Service implements AutoCloseable {

  /**
   * A service with a tiny base that lives for half a minute is never hot: without the second
   * compiler its start costs two thirds of the processor time. A later argument takes its place.
   */
  static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  /** An administrator's, in every service that is started here. */
  public static final String ADMIN_KEY = "a-key-for-tests-only";

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
  private static final String PORT = "quarkus.http.port";

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Process process;
  private final int port;
  private final Path log;

  private Service(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param settings by property name
   * @param log where its output goes, appended
   */
  public static Service start(Map<String, String> settings, Path log) throws IOException {
    return start(settings, log, List.of());
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param settings by property name
   * @param log where its output goes, appended
   * @param jvmArguments before the others
   */
  public static Service start(Map<String, String> settings, Path log, List<String> jvmArguments)
      throws IOException {
    Service service = launch(settings, log, jvmArguments);
    try {
      await("the service to be ready, see " + log)
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(250))
          .until(
              () -> {
                if (!service.process.isAlive()) {
                  throw new AssertionError("the service ended: " + Files.readString(log));
                }
                return service.status("/q/health/ready") == 200;
              });
      return service;
    } catch (RuntimeException | Error e) {
      service.kill();
      throw e;
    }
  }

  /** Starts it and waits for nothing. */
  public static Service launch(Map<String, String> settings, Path log) throws IOException {
    return launch(settings, log, List.of());
  }

  /**
   * Starts it and waits for nothing.
   *
   * @param jvmArguments before the others
   */
  public static Service launch(Map<String, String> settings, Path log, List<String> jvmArguments)
      throws IOException {
    // A restart may want the port of the process before.
    int port = settings.containsKey(PORT) ? Integer.parseInt(settings.get(PORT)) : freePort();
    List<String> options = new ArrayList<>();
    if (settings.containsKey("millrace.model.base")
        || "serve".equals(settings.get("millrace.role"))) {
      options.add(QUICK_START);
    }
    options.addAll(jvmArguments);
    options.add("-Dmillrace.security.admin-keys=" + ADMIN_KEY);
    settings.forEach((name, value) -> options.add("-D" + name + "=" + value));
    options.add("-D" + PORT + "=" + port);
    options.add("-Xmx640m"); // as in the documents
    ProcessBuilder builder =
        new ProcessBuilder(Packaged.command(options))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put("MALLOC_ARENA_MAX", "1");
    return new Service(builder.start(), port, log);
  }

  public String url(String path) {
    return "http://localhost:" + port + path;
  }

  /** The body of a GET as JSON. */
  public JsonNode get(String path) {
    return send(request(path).build());
  }

  /** The body of a POST as JSON. */
  public JsonNode post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  /** By an administrator. */
  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url(path)))
        .timeout(ANSWER_WITHIN)
        .header("Authorization", "Bearer " + ADMIN_KEY);
  }

  /** The process's number. */
  public long pid() {
    return process.pid();
  }

  public String log() throws IOException {
    return Files.readString(log);
  }

  /** {@code kill -NAME}. */
  public void signal(String name) throws IOException, InterruptedException {
    int result =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (result != 0) {
      throw new AssertionError("kill -" + name + " of " + process + ": " + result);
    }
  }

  /** Whether a signal holds it, as Linux tells. */
  public boolean isStopped() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
  }

  /** {@code kill -9}. */
  public void kill() {
    process.destroyForcibly();
    join();
  }

  /** The most bytes of physical memory that it ever had at once. */
  public long peakResident() throws IOException {
    return memory("VmHWM:");
  }

  /** The bytes of physical memory that it has. */
  public long resident() throws IOException {
    return memory("VmRSS:");
  }

  private long memory(String kind) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith(kind))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  /** SIGTERM, and its end. */
  public int stop() {
    process.destroy();
    return join();
  }

  /** Waits until it has ended by itself. */
  public int join() {
    await().atMost(Duration.ofSeconds(90)).until(() -> !process.isAlive());
    return process.exitValue();
  }

  private int status(String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(url(path))).timeout(ANSWER_WITHIN).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return -1; // not listening yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new ObjectMapper().readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError(request + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** One that nobody listens on at the moment. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
