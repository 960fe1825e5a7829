package io.millrace.kafka;

import io.millrace.testing.TestBroker;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.reactive.messaging.health.HealthReport;
import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecordBatch;
import io.smallrye.reactive.messaging.kafka.KafkaCDIEvents;
import io.smallrye.reactive.messaging.kafka.KafkaConnectorIncomingConfiguration;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import io.smallrye.reactive.messaging.kafka.commit.KafkaIgnoreCommit;
import io.smallrye.reactive.messaging.kafka.fault.KafkaFailStop;
import io.smallrye.reactive.messaging.kafka.impl.KafkaSource;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.WorkerExecutor;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.NotificationOptions;
import jakarta.enterprise.util.TypeLiteral;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * The input channel as the service runs it, without the service: SmallRye's own source with the
 * settings of {@code application.properties}, its messages handed one by one to {@link
 * InputChannel} on a worker, as SmallRye does for a blocking method.
 */
final class InputHarness implements AutoCloseable {

  private static final String PREFIX = "mp.messaging.incoming.input.";

  final PositionSeeker seeker;
  final InputChannel channel;
  private final PausedPolling pausedPolling;
  private final Vertx vertx = Vertx.vertx();
  private final WorkerExecutor worker = vertx.createSharedWorkerExecutor("millrace-input", 1);
  private final KafkaSource<byte[], byte[]> source;
  private final Cancellable subscription;
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();

  InputHarness(
      String group, String topics, RecordingReceiver receiver, Map<String, String> overrides) {
    Map<String, String> settings = new HashMap<>(channelSettings());
    settings.put("channel-name", "input");
    settings.put("bootstrap.servers", TestBroker.address());
    settings.put("group.id", group);
    settings.put("topics", topics);
    settings.put("graceful-shutdown", "false");
    settings.putAll(overrides);
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(settings, "input", 100))
            .build();
    seeker = new PositionSeeker(receiver);
    source =
        new KafkaSource<>(
            vertx,
            group,
            new KafkaConnectorIncomingConfiguration(config),
            OnlyInstance.none(),
            OnlyInstance.of(new KafkaIgnoreCommit.Factory()),
            OnlyInstance.of(new KafkaFailStop.Factory()),
            OnlyInstance.of(seeker),
            new NoEvents(),
            OnlyInstance.none(),
            OnlyInstance.none(),
            -1);
    channel = new InputChannel(receiver);
    pausedPolling = new PausedPolling(() -> Optional.of(source.getConsumer()));
    pausedPolling.start();
    subscription =
        source
            .getBatchStream()
            .onItem()
            .transformToUniAndConcatenate(this::handOn)
            .subscribe()
            .with(done -> {}, failed::complete);
  }

  /** The consumer, as SmallRye's client service gives it out. */
  KafkaConsumer<byte[], byte[]> consumer() {
    return source.getConsumer();
  }

  /** Completes when the channel has failed. */
  CompletableFuture<Throwable> failed() {
    return failed;
  }

  boolean alive() {
    HealthReport.HealthReportBuilder report = HealthReport.builder();
    source.isAlive(report);
    return report.build().isOk();
  }

  @Override
  public void close() {
    pausedPolling.stop();
    channel.close();
    subscription.cancel();
    source.closeQuietly();
    worker.closeAndAwait();
    vertx.closeAndAwait();
  }

  @SuppressWarnings("unchecked")
  private Uni<Void> handOn(IncomingKafkaRecordBatch<byte[], byte[]> batch) {
    IncomingKafkaRecordBatchMetadata<byte[], byte[]> metadata =
        batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow();
    return worker.executeBlocking(
        () -> {
          channel.receive(metadata.getRecords(), metadata);
          return null;
        });
  }

  private static Map<String, String> channelSettings() {
    try {
      PropertiesConfigSource file =
          new PropertiesConfigSource(
              InputHarness.class.getResource("/application.properties"), 100);
      Map<String, String> settings = new HashMap<>();
      file.getProperties()
          .forEach(
              (name, value) -> {
                if (name.startsWith(PREFIX)) {
                  settings.put(name.substring(PREFIX.length()), value);
                }
              });
      return settings;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Nobody listens for new clients. */
  private static final class NoEvents extends KafkaCDIEvents {
    @Override
    public Event<Consumer<?, ?>> consumer() {
      return new NoEvent<>();
    }
  }

  private static final class NoEvent<T> implements Event<T> {
    @Override
    public void fire(T event) {}

    @Override
    public <U extends T> CompletionStage<U> fireAsync(U event) {
      return CompletableFuture.completedStage(event);
    }

    @Override
    public <U extends T> CompletionStage<U> fireAsync(U event, NotificationOptions options) {
      return CompletableFuture.completedStage(event);
    }

    @Override
    public Event<T> select(Annotation... qualifiers) {
      return this;
    }

    @Override
    public <U extends T> Event<U> select(Class<U> subtype, Annotation... qualifiers) {
      return new NoEvent<>();
    }

    @Override
    public <U extends T> Event<U> select(TypeLiteral<U> subtype, Annotation... qualifiers) {
      return new NoEvent<>();
    }
  }
}
