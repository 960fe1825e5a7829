package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** A Kafka broker of the last 3.x, a process with a classpath of its own, which Maven fetches. */
public final class Kafka3Broker implements AutoCloseable {

  private static final Path POM = Path.of("src", "test", "kafka3", "pom.xml");

  private final Process process;
  private final Brokers brokers;

  /**
   * Starts it.
   *
   * @param folder of its settings and data
   * @param log where its output goes
   */
  public Kafka3Broker(Path folder, Path log) throws IOException, InterruptedException {
    Brokers.quietClients();
    List<Integer> ports = BrokerProcess.freePorts(2);
    brokers = new Brokers("localhost:" + ports.get(1));
    Path settings = folder.resolve("server.properties");
    try (Writer out = Files.newBufferedWriter(settings)) {
      settings(folder, ports).store(out, null);
    }
    String classpath = classpath(folder.resolve("classpath"));
    run(
        log,
        java(
            classpath,
            "kafka.tools.StorageTool",
            "format",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            settings.toString()));
    process = builder(log, java(classpath, "kafka.Kafka", settings.toString())).start();
    await("the broker, see " + log)
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () -> {
              try (Admin admin = Admin.create(brokers.client())) {
                return admin.describeCluster().nodes().get().size() == 1;
              }
            });
  }

  private static Properties settings(Path folder, List<Integer> ports) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@localhost:" + ports.get(0));
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "DIRECT");
    settings.put(
        "listeners",
        "CONTROLLER://localhost:%d,DIRECT://localhost:%d".formatted(ports.get(0), ports.get(1)));
    settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT");
    settings.put("log.dirs", folder.resolve("data").toString());
    settings.put("auto.create.topics.enable", "false");
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      settings.put(topic + ".replication.factor", "1");
      settings.put(topic + ".num.partitions", "1");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    return settings;
  }

  private static String classpath(Path file) throws IOException, InterruptedException {
    run(
        file.resolveSibling("maven.log"),
        List.of(
            "./mvnw",
            "-B",
            "-q",
            "-f",
            POM.toString(),
            "dependency:build-classpath",
            "-Dmdep.outputFile=" + file.toAbsolutePath()));
    return Files.readString(file, UTF_8).trim();
  }

  private static List<String> java(String classpath, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp", classpath, main));
    command.addAll(List.of(arguments));
    return command;
  }

  private static void run(Path log, List<String> command) throws IOException, InterruptedException {
    if (builder(log, command).start().waitFor() != 0) {
      throw new AssertionError(command.get(0) + " failed: " + Files.readString(log));
    }
  }

  private static ProcessBuilder builder(Path log, List<String> command) {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  public Brokers brokers() {
    return brokers;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
