package io.millrace.kafka.follow;

import io.millrace.fault.Fault;
import io.millrace.fault.KafkaFaults;
import io.millrace.problem.OpenProblems;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Reads a whole topic in no group: committed records of all partitions, those that are added later
 * from their beginning. It outlives a topic that is not there yet, that is deleted and made anew,
 * whose records expire, a right that is missing, and a broker that is away: it says so among the
 * open problems and goes on from where it was. One thread of its own, on which the reader is
 * called.
 */
final class TopicFollower {

  private static final Logger LOG = Logger.getLogger(TopicFollower.class);
  private static final Duration POLL = Duration.ofMillis(250);

  /** How often the partitions, their beginnings and their ends are asked for. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private static final long AGAIN_AFTER_MILLIS = 1_000;

  private final Map<String, Object> client;
  private final String topic;
  private final OpenProblems problems;
  private final Reader reader;
  private final Duration lookAgain;
  private final Thread thread;

  /** Where to read on. It outlives the consumer. */
  private final Map<TopicPartition, Long> next = new HashMap<>();

  /** Where the log ended when a partition was seen first: up to there a reader has caught up. */
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  /** Partitions that end before the position read; the next look shows why. */
  private final Map<TopicPartition, Long> cut = new HashMap<>();

  private Uuid id = Uuid.ZERO_UUID;
  private boolean looked;
  private boolean news = true;
  private volatile boolean stopped;
  private volatile Consumer<byte[], byte[]> polling;

  /**
   * @param client properties that lead to the broker
   * @param name of the thread, and of the client
   * @param lookAgain how often partitions are looked at
   */
  TopicFollower(
      Map<String, Object> client,
      String topic,
      String name,
      OpenProblems problems,
      Reader reader,
      Duration lookAgain) {
    this.client = settings(client, name, lookAgain);
    this.topic = topic;
    this.problems = problems;
    this.reader = reader;
    this.lookAgain = lookAgain;
    this.thread = new Thread(this::run, name);
  }

  private static Map<String, Object> settings(
      Map<String, Object> client, String name, Duration lookAgain) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("client.id", name);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none"); // where to go on is decided here, and told
    settings.put("allow.auto.create.topics", false);
    settings.put("metadata.max.age.ms", lookAgain.toMillis()); // or it does not see new partitions
    settings.remove("group.id");
    return settings;
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Without an interrupt, which would make the consumer's own end fail. Any thread. */
  void stop() {
    stopped = true;
    Consumer<byte[], byte[]> current = polling;
    if (current != null) {
      current.wakeup();
    }
  }

  /** The topic's id; zero before it was seen, and for brokers that give none. Its own thread. */
  Uuid id() {
    return id;
  }

  /**
   * Goes on from these offsets. Only from {@link Reader#turn}.
   *
   * @param positions of any of the partitions
   */
  void seek(Map<TopicPartition, Long> positions) {
    positions.forEach(
        (partition, offset) -> {
          next.put(partition, offset);
          polling.seek(partition, offset);
        });
  }

  private void run() {
    while (!stopped) {
      try {
        follow();
      } catch (WakeupException e) {
        LOG.debug("stopped while polling", e);
      } catch (InterruptedException e) {
        return;
      } catch (ExecutionException e) {
        failed(e.getCause());
      } catch (RuntimeException e) {
        failed(e);
      }
    }
  }

  /** Whatever it is: a thread that ends would look like a topic on which nothing happens. */
  private void failed(Throwable cause) {
    boolean missing = cause instanceof UnknownTopicOrPartitionException;
    looked |= missing; // what it finds from now on came later
    Fault fault = KafkaFaults.of(cause, Optional.of(topic));
    String why = missing ? "it is not there" : String.valueOf(cause.getMessage());
    if (!(cause instanceof KafkaException)) {
      LOG.errorf(cause, "topic %s is read again from where it was", topic);
    }
    problems.report(
        place(),
        fault.outlook(),
        "topic %s cannot be read: %s".formatted(topic, missing ? why : fault.cause()),
        missing ? "Make the topic, or set millrace.topics.create=true." : fault.remedy());
    reader.failed("topic %s cannot be read: %s".formatted(topic, why));
    try {
      TimeUnit.MILLISECONDS.sleep(AGAIN_AFTER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
  }

  private String place() {
    return "topic:" + topic;
  }

  private void follow() throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(adminSettings());
        Consumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      polling = consumer;
      look(admin, consumer);
      long lookedAt = System.nanoTime();
      while (!stopped) {
        boolean due = System.nanoTime() - lookedAt > lookAgain.toNanos();
        if (due || !cut.isEmpty()) {
          look(admin, consumer);
          lookedAt = System.nanoTime();
        }
        reader.turn();
        poll(consumer);
        if ((news || due) && hasReached()) {
          problems.resolve(place());
          reader.caughtUp();
          news = false;
        }
      }
    } finally {
      polling = null;
    }
  }

  private Map<String, Object> adminSettings() {
    Map<String, Object> settings = new HashMap<>(client);
    settings.keySet().removeAll(Set.of("isolation.level", "enable.auto.commit"));
    settings.keySet().removeAll(Set.of("auto.offset.reset", "allow.auto.create.topics"));
    return settings;
  }

  /** What the topic is now: its id, its partitions and where they begin. */
  private void look(Admin admin, Consumer<byte[], byte[]> consumer)
      throws InterruptedException, ExecutionException {
    TopicDescription now = admin.describeTopics(Set.of(topic)).topicNameValues().get(topic).get();
    boolean another = !now.topicId().equals(id);
    if (!next.isEmpty() && (another || id.equals(Uuid.ZERO_UUID) && !cut.isEmpty())) {
      LOG.warnf("topic %s was deleted and made anew: it is read from its beginning", topic);
      next.clear();
      ends.clear();
      cut.clear();
      reader.anew();
    }
    id = now.topicId();
    Set<TopicPartition> all = new HashSet<>();
    now.partitions().forEach(one -> all.add(new TopicPartition(topic, one.partition())));
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(all);
    Map<TopicPartition, Long> last = consumer.endOffsets(all);
    Set<TopicPartition> moved = new HashSet<>(all);
    moved.removeAll(consumer.assignment());
    moved.addAll(cut.keySet());
    cut.forEach(this::cut);
    cut.clear();
    for (TopicPartition partition : all) {
      if (!next.containsKey(partition)) {
        long end = last.get(partition);
        ends.put(partition, end);
        next.put(partition, reader.begin(partition, begins.get(partition), end, looked));
        moved.add(partition);
        news = true;
      } else if (next.get(partition) < begins.get(partition)) {
        expired(partition, begins.get(partition));
        moved.add(partition);
      }
    }
    reader.looked(begins, last);
    looked = true;
    consumer.assign(all); // the others keep their positions
    moved.forEach(partition -> consumer.seek(partition, next.get(partition)));
  }

  private void cut(TopicPartition partition, long from) {
    LOG.warnf("%s has lost its records from offset %d on (its leader changed)", partition, from);
    next.put(partition, from);
    ends.merge(partition, from, Math::min);
    reader.cut(partition, from);
  }

  private void expired(TopicPartition partition, long begins) {
    LOG.warnf(
        "%s@%d to %d were deleted before they were read (retention): reading continues after them",
        partition, next.get(partition), begins);
    next.put(partition, begins);
  }

  private void poll(Consumer<byte[], byte[]> consumer) {
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        news |= reader.read(record);
        next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
      }
      next.replaceAll((partition, before) -> consumer.position(partition)); // past markers, too
    } catch (OffsetOutOfRangeException e) {
      outOfRange(consumer, e);
    }
  }

  /** The log begins after a position, or ends before it. */
  private void outOfRange(Consumer<byte[], byte[]> consumer, OffsetOutOfRangeException cause) {
    Set<TopicPartition> partitions = cause.partitions();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> last = consumer.endOffsets(partitions);
    Map<TopicPartition, OffsetAndMetadata> split =
        cause instanceof LogTruncationException truncated ? truncated.divergentOffsets() : Map.of();
    for (TopicPartition partition : partitions) {
      if (next.get(partition) < begins.get(partition)) {
        expired(partition, begins.get(partition));
        consumer.seek(partition, next.get(partition));
      } else {
        OffsetAndMetadata same = split.get(partition);
        cut.put(partition, same == null ? last.get(partition) : same.offset());
      }
    }
  }

  private boolean hasReached() {
    return ends.entrySet().stream().allMatch(end -> next.get(end.getKey()) >= end.getValue());
  }

  /** Whoever reads. On the follower's thread. */
  interface Reader {

    /**
     * Where to begin with a partition.
     *
     * @param first offset that its log still has
     * @param end the offset after its last record
     * @param added whether the follower had looked before it was there: nobody can have read it
     */
    long begin(TopicPartition partition, long first, long end, boolean added);

    /**
     * Takes a record.
     *
     * @return whether {@link #caughtUp} is to be called for it
     */
    boolean read(ConsumerRecord<byte[], byte[]> record);

    /** Between two polls; it may {@link TopicFollower#seek}. */
    default void turn() {}

    /** All is read that was there when it began; called again now and then. */
    default void caughtUp() {}

    /** The topic is another than before; {@link #begin} follows for each of its partitions. */
    default void anew() {}

    /** Where the partitions' logs begin and end now; called now and then. */
    default void looked(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {}

    /** Records from an offset on were lost, and others will have their offsets. */
    default void cut(TopicPartition partition, long from) {}

    /** It cannot be read for the time being. */
    default void failed(String why) {}
  }
}
