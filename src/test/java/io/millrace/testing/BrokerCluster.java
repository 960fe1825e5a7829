package io.millrace.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;

/**
 * Three Kafka brokers (KRaft, each of them controller, too), each a process: everything is
 * replicated three times and written once two have it. Each can die and come back, all can freeze,
 * leaders can be moved. The service's way to them leads over links that can be cut, the test's does
 * not. One test thread.
 */
public final class BrokerCluster implements AutoCloseable {

  private static final int NODES = 3;
  private static final Duration SOON = Duration.ofMinutes(2);

  private final List<BrokerProcess> nodes = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private final Thread atExit = new Thread(this::killAll, "broker-cluster-stop");
  private final Brokers direct;
  private final Brokers linked;

  /**
   * Starts all and waits until they are a cluster; their logs are {@code target/faults/broker-*}.
   */
  public BrokerCluster(Path folder) throws IOException {
    Brokers.quietClients();
    List<Integer> ports = BrokerProcess.freePorts(3 * NODES);
    String voters = numbered(i -> (i + 1) + "@localhost:" + ports.get(i));
    String clusterId = Uuid.randomUuid().toString();
    Path logs = Files.createDirectories(Path.of("target", "faults"));
    Runtime.getRuntime().addShutdownHook(atExit);
    for (int i = 0; i < NODES; i++) {
      Link link = new Link(ports.get(2 * NODES + i));
      links.add(link);
      Path home = Files.createDirectories(folder.resolve("broker-" + (i + 1)));
      Properties settings = settings(i + 1, voters, home);
      settings.put(
          "listeners",
          "CONTROLLER://localhost:%d,DIRECT://localhost:%d,LINKED://localhost:%d"
              .formatted(ports.get(i), ports.get(NODES + i), ports.get(2 * NODES + i)));
      settings.put(
          "advertised.listeners",
          "DIRECT://localhost:%d,LINKED://localhost:%d"
              .formatted(ports.get(NODES + i), link.port()));
      Path log = logs.resolve("broker-" + (i + 1) + ".log");
      Files.deleteIfExists(log);
      nodes.add(new BrokerProcess(clusterId, settings, home, log));
    }
    direct = new Brokers(numbered(i -> "localhost:" + ports.get(NODES + i)));
    linked = new Brokers(numbered(i -> "localhost:" + links.get(i).port()));
    for (BrokerProcess node : nodes) {
      node.start();
    }
    awaitWhole();
  }

  private static Properties settings(int node, String voters, Path home) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "" + node);
    settings.put("controller.quorum.voters", voters);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "DIRECT");
    settings.put(
        "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,LINKED:PLAINTEXT");
    settings.put("log.dirs", home.resolve("data").toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("auto.leader.rebalance.enable", "false"); // the test moves them
    settings.put("default.replication.factor", "" + NODES);
    settings.put("min.insync.replicas", "2");
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      settings.put(topic + ".replication.factor", "" + NODES);
      settings.put(topic + ".num.partitions", "3");
    }
    settings.put("transaction.state.log.min.isr", "2");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("broker.session.timeout.ms", "5000");
    settings.put("broker.heartbeat.interval.ms", "1000");
    return settings;
  }

  /** As a test's clients see it; never cut. */
  public Brokers direct() {
    return direct;
  }

  /** As the service sees it: {@link #cut} cuts this way. */
  public Brokers linked() {
    return linked;
  }

  /** Waits until every broker is there and every partition has all its replicas. */
  public void awaitWhole() {
    try (Admin admin = admin()) {
      await("a whole cluster, see target/faults/broker-*.log")
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(250))
          .ignoreExceptions()
          .until(
              () ->
                  admin.describeCluster().nodes().get().size() == NODES
                      && partitions(admin, admin.listTopics().names().get()).values().stream()
                          .allMatch(partition -> partition.isr().size() == NODES));
    }
  }

  /** The node that leads a partition. */
  public int leader(String topic, int partition) throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      return partitions(admin, List.of(topic))
          .get(new TopicPartition(topic, partition))
          .leader()
          .id();
    }
  }

  /** Has every partition of these topics led by another node. The cluster must be whole. */
  public void moveLeaders(List<String> topics) throws InterruptedException, ExecutionException {
    try (Admin admin = admin()) {
      Map<TopicPartition, TopicPartitionInfo> before = partitions(admin, topics);
      Map<TopicPartition, Optional<NewPartitionReassignment>> orders = new HashMap<>();
      before.forEach(
          (name, partition) -> {
            List<Integer> order =
                new ArrayList<>(partition.replicas().stream().map(Node::id).toList());
            Collections.rotate(order, -1 - order.indexOf(partition.leader().id()));
            orders.put(name, Optional.of(new NewPartitionReassignment(order)));
          });
      admin.alterPartitionReassignments(orders).all().get();
      admin.electLeaders(ElectionType.PREFERRED, new HashSet<>(orders.keySet())).all().get();
      await("other leaders")
          .atMost(SOON)
          .until(
              () -> {
                Map<TopicPartition, TopicPartitionInfo> now = partitions(admin, topics);
                return before.entrySet().stream()
                    .noneMatch(
                        entry ->
                            entry.getValue().leader().equals(now.get(entry.getKey()).leader()));
              });
    }
  }

  /** {@code kill -9}. */
  public void kill(int node) throws IOException {
    links.get(node - 1).refuse();
    nodes.get(node - 1).kill();
  }

  /** Starts a killed node again, on its data; waits for nothing. */
  public void restart(int node) throws IOException {
    links.get(node - 1).listen();
    nodes.get(node - 1).start();
  }

  /** No broker answers anybody until {@link #thaw}. */
  public void freeze() throws IOException, InterruptedException {
    for (BrokerProcess node : nodes) {
      node.freeze();
    }
  }

  public void thaw() throws IOException, InterruptedException {
    for (BrokerProcess node : nodes) {
      node.thaw();
    }
  }

  /** Cuts the service off, until {@link #mend}; the brokers go on without it. */
  public void cut() {
    links.forEach(Link::cut);
  }

  public void mend() {
    links.forEach(Link::mend);
  }

  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(atExit);
    killAll();
    for (Link link : links) {
      link.close();
    }
  }

  private void killAll() {
    nodes.forEach(BrokerProcess::kill);
  }

  private Admin admin() {
    return Admin.create(direct.client());
  }

  private static Map<TopicPartition, TopicPartitionInfo> partitions(
      Admin admin, Collection<String> topics) throws InterruptedException, ExecutionException {
    Map<TopicPartition, TopicPartitionInfo> partitions = new HashMap<>();
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
      topic
          .partitions()
          .forEach(
              info -> partitions.put(new TopicPartition(topic.name(), info.partition()), info));
    }
    return partitions;
  }

  private static String numbered(IntFunction<String> address) {
    return IntStream.range(0, NODES).mapToObj(address).collect(Collectors.joining(","));
  }

  /** All at once, so that no two are the same. */
}
