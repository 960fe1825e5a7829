package io.millrace.kafka.input;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.example.InputPositions;
import io.millrace.fault.Fault;
import io.millrace.fault.KafkaFaults;
import io.millrace.intake.InputProgress;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.quarkus.runtime.Startup;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Knows how far the logs reach, records that wait for a transaction's end included. The brokers are
 * asked every two seconds, on a thread of its own; callers get the last answer.
 */
@Startup
@ApplicationScoped
public class KafkaInputProgress implements InputProgress {

  /** The place of its problems. */
  static final String PLACE = "lag";

  private static final Logger LOG = Logger.getLogger(KafkaInputProgress.class);
  private static final long REFRESH_SECONDS = 2;
  private static final int ANSWER_WITHIN_MILLIS = 5_000;

  private final InputConsumer input;
  private final Map<String, Object> client;
  private final OpenProblems problems;
  private final boolean enabled;
  private ScheduledExecutorService clock;
  private Admin admin;
  private volatile Map<TopicPartition, Range> logs = Map.of();

  @Inject
  KafkaInputProgress(
      InputConsumer input,
      KafkaClientSettings kafka,
      OpenProblems problems,
      InstanceSettings instance) {
    this(input, kafka.properties(), problems, instance.role() != Role.SERVE);
  }

  KafkaInputProgress(
      InputConsumer input, Map<String, Object> client, OpenProblems problems, boolean enabled) {
    this.input = input;
    this.client = client;
    this.problems = problems;
    this.enabled = enabled;
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
    if (enabled) {
      var unused =
          clock.scheduleWithFixedDelay(
              this::refresh, REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
    }
  }

  @PreDestroy
  void stop() {
    if (clock != null) {
      clock.shutdownNow();
    }
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }

  @Override
  public void rejoin() {
    var unused =
        input
            .onPollingThread(
                polling -> {
                  polling.enforceRebalance("training begins anew");
                  return true;
                })
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.errorf(
                        "the partitions cannot be asked for again: %s", failure.getMessage());
                  }
                });
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
      Range range = log.getValue();
      long next = positions.of(partition.topic(), partition.partition()).orElse(range.start());
      // All that was polled is trained: what the consumer has passed since were no records.
      boolean all = next >= range.polledEnd();
      lag += Math.max(0, range.end() - (all ? Math.max(next, range.position()) : next));
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

  /** Asks the brokers, and waits for their answer. */
  synchronized void refresh() {
    try {
      Map<TopicPartition, Range> read =
          input
              .onPollingThread(
                  polling ->
                      input.isHeld()
                          ? Map.<TopicPartition, Range>of()
                          : read(polling, input.polledEnds()))
              .get(ANSWER_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
      logs = read.isEmpty() ? Map.of() : withEnds(read);
      problems.resolve(PLACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      logs = Map.of();
      Fault fault =
          e instanceof TimeoutException
              ? new Fault(
                  Outlook.RETRIES,
                  "the lag is unknown, the input's thread is busy with something else",
                  "See whether another problem explains it.")
              : KafkaFaults.of(e);
      problems.report(
          PLACE, fault.outlook(), "the lag is unknown: " + fault.cause(), fault.remedy());
    }
  }

  /** On the polling thread; what concerns the log itself is not known yet. */
  private static Map<TopicPartition, Range> read(
      Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> polledEnds) {
    Map<TopicPartition, Range> read = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      long position = consumer.position(partition, Duration.ofMillis(ANSWER_WITHIN_MILLIS));
      read.put(partition, new Range(0, 0, position, polledEnds.getOrDefault(partition, position)));
    }
    return read;
  }

  /** Of the whole log: what readers of committed records do not see yet counts. */
  private Map<TopicPartition, Range> withEnds(Map<TopicPartition, Range> read)
      throws ExecutionException, InterruptedException {
    if (admin == null) {
      Map<String, Object> settings =
          KafkaClientSettings.answeringWithin(client, ANSWER_WITHIN_MILLIS);
      settings.put("client.id", "millrace-lag");
      admin = Admin.create(settings);
    }
    var starts = admin.listOffsets(all(read.keySet(), OffsetSpec.earliest())).all().get();
    var ends = admin.listOffsets(all(read.keySet(), OffsetSpec.latest())).all().get();
    Map<TopicPartition, Range> ranges = new HashMap<>();
    read.forEach(
        (partition, range) ->
            ranges.put(
                partition,
                new Range(
                    starts.get(partition).offset(),
                    ends.get(partition).offset(),
                    range.position(),
                    range.polledEnd())));
    return Map.copyOf(ranges);
  }

  private static Map<TopicPartition, OffsetSpec> all(
      Set<TopicPartition> partitions, OffsetSpec spec) {
    return partitions.stream().collect(Collectors.toMap(Function.identity(), any -> spec));
  }

  /**
   * Of one partition.
   *
   * @param start of the log
   * @param end of the log, open transactions included
   * @param position where the consumer reads on
   * @param polledEnd the offset after the last record that it was given
   */
  private record Range(long start, long end, long position, long polledEnd) {}
}
