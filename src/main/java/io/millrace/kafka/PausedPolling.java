package io.millrace.kafka;

import io.quarkus.runtime.Startup;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.jboss.logging.Logger;

/**
 * Slows the polling of paused partitions down. SmallRye then polls every two milliseconds, which
 * costs a tenth of a core that training could use; this keeps the polling thread asleep most of the
 * time. Resuming waits for {@link #HOLD} at most, while at least one poll is still queued.
 */
@Startup
@ApplicationScoped
class PausedPolling {

  static final Duration HOLD = Duration.ofMillis(50);

  private static final Logger LOG = Logger.getLogger(PausedPolling.class);
  private static final Duration BETWEEN = Duration.ofMillis(5);
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(2);

  private final Supplier<Optional<KafkaConsumer<byte[], byte[]>>> consumer;
  private final Thread thread = new Thread(this::run, "millrace-paused-polling");

  @Inject
  PausedPolling(KafkaClientService clients) {
    this(() -> Optional.ofNullable(clients.getConsumer(InputChannel.NAME)));
  }

  PausedPolling(Supplier<Optional<KafkaConsumer<byte[], byte[]>>> consumer) {
    this.consumer = consumer;
  }

  @PostConstruct
  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  @PreDestroy
  void stop() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        boolean paused = hold();
        TimeUnit.NANOSECONDS.sleep((paused ? BETWEEN : HOLD).toNanos());
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped");
    }
  }

  /** Holds the polling thread once, if anything is paused. */
  private boolean hold() {
    try {
      return consumer
          .get()
          .map(
              client ->
                  client
                      .runOnPollingThread(PausedPolling::sleepIfPaused)
                      .await()
                      .atMost(ANSWER_WITHIN))
          .orElse(false);
    } catch (RuntimeException e) {
      LOG.debugf("the consumer does not answer: %s", e.getMessage());
      return false;
    }
  }

  private static boolean sleepIfPaused(Consumer<byte[], byte[]> client) {
    if (client.paused().isEmpty()) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(HOLD.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
