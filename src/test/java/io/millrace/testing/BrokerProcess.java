package io.millrace.testing;

import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import java.io.IOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** One Kafka broker as a process of its own, with a data folder that outlives the process. */
final class BrokerProcess {

  private final Path log;
  private final Path properties;
  private Process process;

  /**
   * Formats the data folder; {@link #start} starts it.
   *
   * @param settings of the broker, {@code node.id} and {@code log.dirs} among them
   * @param folder of its settings
   * @param log where its output goes, appended
   */
  BrokerProcess(String clusterId, Properties settings, Path folder, Path log) throws IOException {
    this.log = log;
    this.properties = folder.resolve("server.properties");
    try (Writer out = Files.newBufferedWriter(properties)) {
      settings.store(out, null);
    }
    EmbeddedKafkaBroker.formatStorage(
        List.of(settings.getProperty("log.dirs")),
        clusterId,
        Integer.parseInt(settings.getProperty("node.id")),
        false);
  }

  /** Starts it on its data; waits for nothing. */
  void start() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "kafka.Kafka",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  /** {@code kill -9}, frozen or not. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Not a beat until it is thawed: connections stay open, nothing is answered. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int result = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    if (result != 0) {
      throw new AssertionError("kill -" + name + " of a broker: " + result + ", see " + log);
    }
  }

  /** Ports that nobody listens on at the moment. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
