package io.millrace.kafka;

import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.InputProgress;
import io.quarkus.runtime.Startup;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Knows how far the logs reach. The logs' ends are asked for on the polling thread every two
 * seconds; callers get the last answer.
 */
@Startup
@ApplicationScoped
public class KafkaInputProgress implements InputProgress {

  private static final Logger LOG = Logger.getLogger(KafkaInputProgress.class);
  private static final long REFRESH_SECONDS = 2;
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

  private final Supplier<Optional<KafkaConsumer<byte[], byte[]>>> consumer;
  private ScheduledExecutorService clock;
  private ScheduledFuture<?> refreshing;
  private volatile Map<TopicPartition, Range> logs = Map.of();

  @Inject
  KafkaInputProgress(KafkaClientService clients) {
    this(() -> Optional.ofNullable(clients.getConsumer(InputChannel.NAME)));
  }

  KafkaInputProgress(Supplier<Optional<KafkaConsumer<byte[], byte[]>>> consumer) {
    this.consumer = consumer;
  }

  @PostConstruct
  void start() {
    clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "millrace-lag");
              thread.setDaemon(true);
              return thread;
            });
    refreshing =
        clock.scheduleWithFixedDelay(
            this::refresh, REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
  }

  @PreDestroy
  void stop() {
    refreshing.cancel(true);
    clock.shutdownNow();
  }

  @Override
  public void rejoin() {
    consumer
        .get()
        .ifPresent(
            client ->
                client
                    .runOnPollingThread(
                        (java.util.function.Consumer<Consumer<byte[], byte[]>>)
                            polling -> polling.enforceRebalance("training begins anew"))
                    .subscribe()
                    .with(
                        done -> LOG.debug("the partitions are asked for again"),
                        failure ->
                            LOG.errorf(
                                "the partitions cannot be asked for again: %s",
                                failure.getMessage())));
  }

  @Override
  public OptionalLong lag(InputPositions positions) {
    Map<TopicPartition, Range> known = logs;
    if (known.isEmpty()) {
      return OptionalLong.empty();
    }
    long lag = 0;
    for (Map.Entry<TopicPartition, Range> log : known.entrySet()) {
      TopicPartition partition = log.getKey();
      long next =
          positions.of(partition.topic(), partition.partition()).orElse(log.getValue().start());
      lag += Math.max(0, log.getValue().end() - next);
    }
    return OptionalLong.of(lag);
  }

  @Override
  public Optional<String> missing(InputPositions positions) {
    Map<TopicPartition, Range> known = logs;
    if (known.isEmpty()) {
      return Optional.of("what the topics still hold is not known at the moment");
    }
    for (Map.Entry<TopicPartition, Range> log : known.entrySet()) {
      TopicPartition partition = log.getKey();
      OptionalLong next = positions.of(partition.topic(), partition.partition());
      if (next.isPresent() && next.getAsLong() < log.getValue().start()) {
        return Optional.of(
            "%s begins at offset %d, those from %d are gone"
                .formatted(partition, log.getValue().start(), next.getAsLong()));
      }
    }
    return Optional.empty();
  }

  /** Waits for the polling thread, which may be waiting for the broker. */
  void refresh() {
    try {
      logs =
          consumer
              .get()
              .map(
                  client ->
                      client
                          .runOnPollingThread(KafkaInputProgress::ranges)
                          .await()
                          .atMost(ANSWER_WITHIN.multipliedBy(3)))
              .orElse(Map.of());
    } catch (RuntimeException e) {
      LOG.debugf("the logs' ends are unknown: %s", e.getMessage());
      logs = Map.of();
    }
  }

  private static Map<TopicPartition, Range> ranges(Consumer<byte[], byte[]> consumer) {
    Set<TopicPartition> assigned = consumer.assignment();
    if (assigned.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(assigned, ANSWER_WITHIN);
    Map<TopicPartition, Long> ends = consumer.endOffsets(assigned, ANSWER_WITHIN);
    Map<TopicPartition, Range> ranges = new HashMap<>();
    assigned.forEach(
        partition -> ranges.put(partition, new Range(starts.get(partition), ends.get(partition))));
    return Map.copyOf(ranges);
  }

  private record Range(long start, long end) {}
}
