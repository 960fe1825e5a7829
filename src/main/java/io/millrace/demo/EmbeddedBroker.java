package io.millrace.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.common.security.auth.SecurityProtocol.PLAINTEXT;

import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.jboss.logging.Logger;

/**
 * A real Kafka broker (KRaft, one node) in this JVM, reachable on localhost by any client. Its data
 * and its cluster id stay in a folder, so that the next start is the same broker.
 *
 * <p>The only class that needs Kafka's server; those jars are not packaged for production.
 */
public final class EmbeddedBroker {

  private static final Logger LOG = Logger.getLogger(EmbeddedBroker.class);
  private static final String HOST = "localhost";
  private static final int NODE = 1;

  private EmbeddedBroker() {}

  /**
   * Starts a broker that runs until {@code close} or the end of the JVM.
   *
   * @param folder its data; made when missing
   * @param preferredPort its port, another free one when that is taken
   * @return its bootstrap address and the way to stop it
   * @throws IllegalStateException when another process uses the folder, or Kafka cannot start
   */
  static Running start(Path folder, int preferredPort) {
    long began = System.nanoTime();
    Path data = folder.toAbsolutePath().normalize();
    FileChannel lock = lock(data);
    boolean preferred = isFree(preferredPort);
    Endpoint clients = EmbeddedKafkaBroker.endpoint(PLAINTEXT, HOST, preferred ? preferredPort : 0);
    KafkaRaftServer server = startOutsideTheApplication(properties(data, clients), data);
    String address = HOST + ":" + clients.port();
    if (!preferred) {
      LOG.warnf("port %d is taken, so the broker listens on %s", preferredPort, address);
    }
    LOG.infof(
        "Kafka broker on %s after %.1f s, its data in %s",
        address, (System.nanoTime() - began) / 1e9, data);
    return new Running(address, server, lock);
  }

  /**
   * A running broker.
   *
   * @param address its bootstrap address, {@code localhost:PORT}
   */
  record Running(String address, KafkaRaftServer server, FileChannel lock)
      implements AutoCloseable {
    @Override
    public void close() {
      server.shutdown();
      server.awaitShutdown();
      try {
        lock.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Properties properties(Path data, Endpoint clients) {
    Endpoint controller = EmbeddedKafkaBroker.endpoint("CONTROLLER", PLAINTEXT, HOST, 0);
    Properties properties =
        EmbeddedKafkaBroker.createDefaultBrokerConfig(NODE, controller, clients, List.of());
    properties.put("log.dir", data.toString());
    // Topics are made on purpose, with their settings; a misspelt name shall fail.
    properties.put("auto.create.topics.enable", "false");
    properties.put("log.retention.ms", "-1");
    properties.put("transaction.state.log.num.partitions", "3");
    // The helper's default never writes it: it expects data that dies with the process.
    properties.put("replica.high.watermark.checkpoint.interval.ms", "5000");
    // The controller lets a broker back in only when it knows that the one before is gone.
    properties.put("controlled.shutdown.enable", "true");
    properties.put("broker.heartbeat.interval.ms", "500");
    properties.put("broker.session.timeout.ms", "3000");
    return properties;
  }

  /**
   * Kafka's threads inherit the caller's class loader, and a hot reload closes the application's.
   */
  private static KafkaRaftServer startOutsideTheApplication(Properties properties, Path data) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(KafkaRaftServer.class.getClassLoader());
    try {
      KafkaConfig config = KafkaConfig.fromProps(properties, false);
      format(config, storedClusterId(data).orElseGet(() -> Uuid.randomUuid().toString()));
      return EmbeddedKafkaBroker.createServer(config);
    } catch (Exception e) {
      throw new IllegalStateException(
          "the demo's Kafka broker cannot start on the data in "
              + data
              + " (delete the folder to start over): "
              + e.getMessage(),
          e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Writes what a new folder needs; leaves one that is in order as it is. */
  private static void format(KafkaConfig config, String clusterId) throws Exception {
    new Formatter()
        .setClusterId(clusterId)
        .setNodeId(config.nodeId())
        .setIgnoreFormatted(true)
        .setControllerListenerName(config.controllerListenerNames().get(0))
        .setMetadataLogDirectory(config.metadataLogDir())
        .addDirectory(config.metadataLogDir())
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .run();
  }

  /** The lock lives as long as its channel: one broker for one folder, whichever process. */
  private static FileChannel lock(Path data) {
    try {
      Files.createDirectories(data);
      FileChannel channel =
          FileChannel.open(
              data.resolveSibling(data.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        channel.close();
        throw new IllegalStateException(
            "the folder " + data + " is in use by another broker; stop that one first");
      }
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + data + " cannot be used for a broker", e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static Optional<String> storedClusterId(Path data) {
    Path file = data.resolve("meta.properties");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties stored = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      stored.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
    return Optional.ofNullable(stored.getProperty("cluster.id"));
  }

  /** Both questions, because some systems let a second process bind a port that is in use. */
  private static boolean isFree(int port) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (Socket client = new Socket()) {
      client.connect(address, 500);
      return false;
    } catch (IOException nobodyAnswers) {
      try (ServerSocket server = new ServerSocket()) {
        server.bind(address);
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  }
}
