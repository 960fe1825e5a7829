package io.millrace.faults;

import io.millrace.kafka.input.SingleOwnerAssignor;
import io.millrace.testing.Brokers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A foreign member of the service's consumer group. It joins first and so assigns the partitions:
 * to the service, until it wants them itself.
 */
final class RivalMember implements AutoCloseable {

  private static final String WANTS = "rival.wants";

  private final AtomicBoolean wants = new AtomicBoolean();
  private final AtomicBoolean ask = new AtomicBoolean();
  private final CountDownLatch joined = new CountDownLatch(1);
  private final CountDownLatch owns = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean closed;

  /** Joins, and returns once it has. */
  RivalMember(Brokers brokers, String group, List<String> topics) throws InterruptedException {
    thread = new Thread(() -> run(brokers, group, topics), "rival-member");
    thread.setDaemon(true);
    thread.start();
    joined.await();
  }

  /** Gets all partitions, and returns once it has them: the member before has given them up. */
  void takeAll() throws InterruptedException {
    wants.set(true);
    ask.set(true);
    owns.await();
  }

  /** Leaves the group. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }

  private void run(Brokers brokers, String group, List<String> topics) {
    Map<String, Object> settings = new HashMap<>(brokers.client());
    settings.put("group.id", group);
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    settings.put("heartbeat.interval.ms", "200");
    settings.put("partition.assignment.strategy", Assignor.class.getName());
    settings.put(WANTS, wants);
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(topics);
      while (!closed) {
        if (ask.getAndSet(false)) {
          consumer.enforceRebalance();
        }
        var unread = consumer.poll(Duration.ofMillis(50));
        if (consumer.groupMetadata().generationId() > 0) {
          joined.countDown();
        }
        if (!unread.isEmpty() || !consumer.assignment().isEmpty()) {
          owns.countDown();
        }
      }
    }
  }

  /**
   * The service's own, but for who gets the partitions. It keeps the name, so that the group takes
   * it for the same.
   */
  public static final class Assignor extends SingleOwnerAssignor implements Configurable {

    private static final String RIVAL = "rival";

    private AtomicBoolean wants;

    @Override
    public void configure(Map<String, ?> settings) {
      wants = (AtomicBoolean) settings.get(WANTS);
    }

    @Override
    public ByteBuffer subscriptionUserData(Set<String> topics) {
      return ByteBuffer.wrap(RIVAL.getBytes(StandardCharsets.UTF_8));
    }

    /** Nobody gets anything while the rival wants nothing and the service is not there. */
    @Override
    public Map<String, List<TopicPartition>> assign(
        Map<String, Integer> partitionsPerTopic, Map<String, Subscription> subscriptions) {
      boolean isService = subscriptions.values().stream().anyMatch(one -> !isRival(one));
      return super.assign(wants.get() || isService ? partitionsPerTopic : Map.of(), subscriptions);
    }

    @Override
    protected String owner(Map<String, Subscription> subscriptions) {
      return subscriptions.entrySet().stream()
          .filter(member -> isRival(member.getValue()) == wants.get())
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseGet(() -> super.owner(subscriptions));
    }

    private static boolean isRival(Subscription subscription) {
      return subscription.userData() != null;
    }
  }
}
