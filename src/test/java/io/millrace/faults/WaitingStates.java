package io.millrace.faults;

import static org.awaitility.Awaitility.await;

import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The states in which the service waits for somebody ({@code ./mvnw -Pfaults verify}): in each it
 * says why, ends within ten seconds of SIGTERM, says why again after a restart, and goes on by
 * itself.
 */
class WaitingStates {

  static final int EXAMPLES = 2 * TinyStream.CHUNK;

  @TempDir private Path folder;

  @Test
  void aDeadLetterTopicThatTakesNoLetterAtAll() throws Exception {
    TinyStream stream = new TinyStream("tiny-letters", 1, folder);
    alter(TestBroker.client(), stream.topic("dead-letter"), "max.message.bytes", "100");
    feedInTheBackground(stream);

    new WaitingState(stream, stream.settings(), "tiny-letters")
        .check(
            "commit",
            "a record is larger than topic " + stream.topic("dead-letter"),
            () ->
                alter(
                    TestBroker.client(),
                    stream.topic("dead-letter"),
                    "max.message.bytes",
                    "1048588"));
  }

  @Test
  void tooFewReplicasInStep() throws Exception {
    TinyStream stream = new TinyStream("few-replicas", 1, folder);
    alter(TestBroker.client(), stream.topic("dead-letter"), "min.insync.replicas", "2");
    feedInTheBackground(stream);

    new WaitingState(stream, stream.settings(), "few-replicas")
        .check(
            "settings:",
            "min.insync.replicas=2",
            () ->
                alter(
                    TestBroker.client(), stream.topic("dead-letter"), "min.insync.replicas", "1"));
  }

  @Test
  void aGroupThatAnotherApplicationUses() throws Exception {
    TinyStream stream = new TinyStream("used-group", 1, folder);
    CompletableFuture<Void> stop = new CompletableFuture<>();
    CompletableFuture<Void> other = CompletableFuture.runAsync(() -> use(stream, stop));
    feedInTheBackground(stream);

    new WaitingState(stream, stream.settings(), "used-group")
        .check(
            "input",
            "the consumer group is used by another application",
            () -> {
              stop.complete(null);
              other.get();
            });
  }

  @Test
  void aNameThatDoesNotResolveAndABrokerThatIsNotThereDoNotEndTheStart() throws Exception {
    TinyStream stream = new TinyStream("no-name", 1, folder);
    for (String servers : List.of("no-such-host.invalid:9092", "localhost:" + Service.freePort())) {
      Map<String, String> settings = stream.settings();
      settings.put("kafka.bootstrap.servers", servers);
      new WaitingState(stream, settings, "no-name").waitsAndStops("topics", "cannot be used");
    }
  }

  static void alter(Map<String, Object> client, String topic, String name, String value)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  /** Two chunks, a bad record among them; waits for the first commit, so it needs a thread. */
  static void feedInTheBackground(TinyStream stream) {
    var unused =
        CompletableFuture.runAsync(
            () -> {
              try {
                stream.feed(sent -> sent < EXAMPLES);
              } catch (InterruptedException | ExecutionException e) {
                throw new CompletionException(e);
              }
            });
  }

  private static void use(TinyStream stream, CompletableFuture<Void> stop) {
    try (Consumer<byte[], byte[]> other =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                TestBroker.address(),
                "group.id",
                stream.group(),
                "partition.assignment.strategy",
                RangeAssignor.class.getName()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      other.subscribe(List.of(stream.topic("metrics")));
      await()
          .atMost(Duration.ofMinutes(10))
          .until(
              () -> {
                var unread = other.poll(Duration.ofMillis(100));
                return stop.isDone() && unread != null;
              });
    }
  }
}
