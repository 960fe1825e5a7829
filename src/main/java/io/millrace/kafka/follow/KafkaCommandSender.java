package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.control.CommandNotSentException;
import io.millrace.control.CommandSender;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicSettings;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Sends commands to the control topic, keyed by model, with a producer of its own, which gives up
 * after {@link #GIVES_UP}: a command that nobody waits for any more must not be obeyed an hour
 * later. A thread of its own waits for the topic's metadata.
 */
@ApplicationScoped
public class KafkaCommandSender implements CommandSender {

  /** What was not confirmed by then is on the topic, or never will be. */
  static final Duration GIVES_UP = Duration.ofSeconds(8);

  private static final int MOST_WAITING = 64;

  private final Map<String, Object> client;
  private final String topic;
  private final String model;
  private final Role role;
  private final ExecutorService worker =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          task -> {
            Thread thread = new Thread(task, "millrace-commands");
            thread.setDaemon(true);
            return thread;
          });

  /** Opened with the first command. The worker's. */
  private Producer<byte[], byte[]> producer;

  @Inject
  KafkaCommandSender(
      KafkaClientSettings kafka,
      TopicSettings topics,
      InstanceSettings instance,
      @ConfigProperty(name = "millrace.model.name") String model) {
    this(kafka.properties(), topics.control(), model, instance.role());
  }

  KafkaCommandSender(Map<String, Object> client, String topic, String model, Role role) {
    this.client = client;
    this.topic = topic;
    this.model = model;
    this.role = role;
  }

  @Override
  public CompletionStage<Void> send(byte[] command) {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    if (role == Role.SERVE) { // it has no right to
      sent.completeExceptionally(
          new CommandNotSentException("this instance is a replica, ask one that trains", null));
      return sent;
    }
    try {
      worker.execute(() -> send(command, sent));
    } catch (RejectedExecutionException e) {
      sent.completeExceptionally(
          new CommandNotSentException("too many commands wait for the broker", e));
    }
    return sent;
  }

  /** What fails before the record is the producer's was not sent, and will not be. */
  private void send(byte[] command, CompletableFuture<Void> sent) {
    try {
      if (producer == null) {
        producer =
            new KafkaProducer<>(settings(), new ByteArraySerializer(), new ByteArraySerializer());
      }
      producer.partitionsFor(topic);
    } catch (KafkaException e) {
      sent.completeExceptionally(notSent(e));
      return;
    }
    try {
      var unused =
          producer.send(
              new ProducerRecord<>(topic, model.getBytes(UTF_8), command),
              (metadata, failure) -> {
                if (failure == null) {
                  sent.complete(null);
                } else {
                  sent.completeExceptionally(isRefusal(failure) ? notSent(failure) : failure);
                }
              });
    } catch (RuntimeException e) {
      sent.completeExceptionally(e);
    }
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof AuthorizationException
        || failure instanceof RecordTooLargeException
        || failure instanceof InvalidTopicException;
  }

  private CommandNotSentException notSent(Throwable cause) {
    return new CommandNotSentException(
        "topic %s does not take it: %s".formatted(topic, cause.getMessage()), cause);
  }

  private Map<String, Object> settings() {
    int millis = (int) GIVES_UP.toMillis();
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("client.id", "millrace-commands-" + model);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true); // the client's own retries make no second record
    settings.put("delivery.timeout.ms", millis);
    settings.put("request.timeout.ms", millis / 2);
    settings.put("max.block.ms", millis / 2);
    settings.put("linger.ms", 0);
    return settings;
  }

  @PreDestroy
  void close() {
    worker.shutdownNow();
    if (producer != null) {
      producer.close(Duration.ZERO);
    }
  }
}
