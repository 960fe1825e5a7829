package io.millrace.kafka.input;

import io.millrace.config.InstanceSettings;
import io.millrace.config.PipelineException;
import io.millrace.config.Role;
import io.millrace.fault.Backoff;
import io.millrace.fault.Fault;
import io.millrace.fault.KafkaFaults;
import io.millrace.problem.OpenProblems;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Polls the topics of examples, and hands each poll to the pipeline, in order. A failed poll is
 * tried again for as long as it takes: what is missing may come later, and what is read already is
 * trained on meanwhile.
 *
 * <p>Two threads: one polls, one hands on and blocks there while the pipeline is full. Behind the
 * poll in work at most {@value #WAITING} wait; then the partitions are paused and polling goes on,
 * so that a step of many minutes costs neither the group membership nor memory.
 */
@ApplicationScoped
public class InputConsumer {

  /** The place of its problems. */
  static final String PLACE = "input";

  static final int WAITING = 3;

  private static final Logger LOG = Logger.getLogger(InputConsumer.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

  /** A right that is missing fails some polls only: those between them prove nothing. */
  private static final Duration WELL_AFTER = Duration.ofSeconds(10);

  private final InputSettings settings;
  private final PositionSeeker seeker;
  private final InputChannel channel;
  private final OpenProblems problems;
  private final boolean enabled;
  private final BlockingQueue<Polled> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Queue<Task<?>> tasks = new ConcurrentLinkedQueue<>();
  private final Map<TopicPartition, Long> polledEnds = new ConcurrentHashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Backoff backoff = Backoff.usual();
  private final Thread polling = new Thread(this::pollUntilStopped, "millrace-input-poll");
  private final Thread handing = new Thread(this::handOn, "millrace-input");
  private long failedAt;
  private boolean failing;
  private volatile boolean refused;
  private volatile Consumer<byte[], byte[]> consumer;

  @Inject
  InputConsumer(
      InputSettings settings,
      PositionSeeker seeker,
      InputChannel channel,
      OpenProblems problems,
      InstanceSettings instance) {
    this(settings, seeker, channel, problems, instance.role() != Role.SERVE);
  }

  InputConsumer(
      InputSettings settings,
      PositionSeeker seeker,
      InputChannel channel,
      OpenProblems problems,
      boolean enabled) {
    this.settings = settings;
    this.seeker = seeker;
    this.channel = channel;
    this.problems = problems;
    this.enabled = enabled;
  }

  /** Once the pipeline is there. */
  void atStart(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent started) {
    if (enabled) {
      start();
    }
  }

  void start() {
    polling.setDaemon(true);
    handing.setDaemon(true);
    polling.start();
    handing.start();
  }

  /** First of all when the service stops: what waits is not handed on any more. */
  void atStop(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent stopping) {
    channel.close();
    if (enabled && !seeker.isOwner()) {
      stop(); // it has nothing to save, and may be waiting for a take-over
    }
  }

  /** Once the pipeline has saved what it had: a member that leaves earlier hands the model on. */
  void afterStop(@Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) ShutdownEvent stopping) {
    stop();
  }

  void stop() {
    channel.close();
    stopped.countDown();
    Consumer<byte[], byte[]> current = consumer;
    if (current != null) {
      current.wakeup();
    }
    handing.interrupt();
    try {
      polling.join(CLOSE_WITHIN.toMillis());
      polling.interrupt();
      polling.join(CLOSE_WITHIN.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether both threads run, or the service stops, or training takes no more. Any thread. */
  public boolean isAlive() {
    return !enabled
        || stopped.getCount() == 0
        || polling.getState() == Thread.State.NEW
        || polling.isAlive() && (handing.isAlive() || refused);
  }

  /** Whether the client has a connection to a broker. Any thread. */
  public boolean isConnected() {
    Consumer<byte[], byte[]> current = consumer;
    return current != null
        && current.metrics().values().stream()
            .filter(metric -> metric.metricName().name().equals("connection-count"))
            .anyMatch(metric -> metric.metricValue() instanceof Double count && count > 0);
  }

  /** Whether nothing is read, since the take-over failed. Any thread. */
  boolean isHeld() {
    return seeker.isHeld();
  }

  /** Behind the last record that was polled, by partition; nothing of one that had none. */
  Map<TopicPartition, Long> polledEnds() {
    return Map.copyOf(polledEnds);
  }

  private static long end(ConsumerRecords<byte[], byte[]> records, TopicPartition partition) {
    List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
    return polled.get(polled.size() - 1).offset() + 1;
  }

  /**
   * Does something on the polling thread, between two polls. Any thread; does not wait.
   *
   * @return fails with what the action throws; never completes where the service stops before
   */
  <T> CompletableFuture<T> onPollingThread(Function<Consumer<byte[], byte[]>, T> action) {
    Task<T> task = new Task<>(action, new CompletableFuture<>());
    tasks.add(task);
    return task.done();
  }

  private void pollUntilStopped() {
    while (stopped.getCount() > 0) {
      try (Consumer<byte[], byte[]> client = open()) {
        try {
          client.subscribe(settings.topics(), new Listener(client));
          consumer = client;
          poll(client);
        } finally {
          consumer = null;
          Thread.interrupted(); // else the client could not even take leave of the group
          client.close(CloseOptions.timeout(CLOSE_WITHIN));
        }
      } catch (WakeupException | InterruptException | InterruptedException e) {
        LOG.debug("polling was interrupted", e);
      } catch (KafkaException | IllegalStateException e) {
        failed(e);
      }
    }
  }

  private Consumer<byte[], byte[]> open() {
    return new KafkaConsumer<>(
        settings.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private void poll(Consumer<byte[], byte[]> client) throws InterruptedException {
    while (stopped.getCount() > 0) {
      for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run(client);
      }
      seeker.tryAgainIfDue(client);
      if (seeker.isHeld() || waiting.remainingCapacity() == 0) {
        client.pause(client.assignment());
      } else {
        client.resume(client.paused());
      }
      try {
        ConsumerRecords<byte[], byte[]> records = client.poll(POLL);
        if (!records.isEmpty()) {
          records
              .partitions()
              .forEach(partition -> polledEnds.put(partition, end(records, partition)));
          waiting.put(new Polled(seeker.membership(), records));
        }
        succeeded();
      } catch (AuthorizationException | InconsistentGroupProtocolException | RetriableException e) {
        failed(e); // the client can go on, and with it the membership
      }
    }
  }

  private void failed(RuntimeException failure) {
    Fault fault = KafkaFaults.of(failure);
    failing = true;
    failedAt = System.nanoTime();
    fault.report(problems, PLACE);
    LOG.debug("a poll failed", failure);
    try {
      boolean unused = backoff.pause(stopped);
    } catch (InterruptedException e) {
      LOG.debug("interrupted between two attempts", e);
    }
  }

  private void succeeded() {
    if (failing && System.nanoTime() - failedAt > WELL_AFTER.toNanos()) {
      failing = false;
      backoff.reset();
      problems.resolve(PLACE);
    }
  }

  private void handOn() {
    try {
      while (stopped.getCount() > 0) {
        Polled next = waiting.poll(1, TimeUnit.SECONDS);
        if (next != null) {
          channel.receive(next.generation(), next.records());
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped");
    } catch (PipelineException e) {
      refused = true; // the status has why, and liveness of training whether a restart helps
      LOG.debug("nothing is handed on any more", e);
    }
  }

  /** What the group says goes to the seeker. */
  private final class Listener implements ConsumerRebalanceListener {

    private final Consumer<byte[], byte[]> client;

    Listener(Consumer<byte[], byte[]> client) {
      this.client = client;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      seeker.onPartitionsAssigned(client, partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      seeker.onPartitionsRevoked(client, partitions);
    }
  }

  private record Polled(int generation, ConsumerRecords<byte[], byte[]> records) {}

  private record Task<T>(Function<Consumer<byte[], byte[]>, T> action, CompletableFuture<T> done) {

    void run(Consumer<byte[], byte[]> client) {
      try {
        done.complete(action.apply(client));
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    }
  }
}
