package io.millrace.kafka.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.commit.Commit;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.event.Outbox;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.fault.KafkaFaults;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicsOf;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.storage.DurabilityTimes;
import io.millrace.storage.Json;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Evaluations;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** Commits that cannot succeed as the topics are: they say why, and go on once that is mended. */
@OneAtATime
class CommitWaitingIT {

  private static final String MODEL = "default"; // that of the versions for tests
  private static final String UNIT = "000000000007-000000000120-00000003";
  private static final Duration SOON = Duration.ofSeconds(60);

  private final OpenProblems problems = new OpenProblems();

  @Test
  void aCompactedDeadLetterTopicIsNamedOnceAndTheCommitGoesOnOnceItIsNot() throws Exception {
    // Given
    Map<String, String> topics = topics(Map.of("dead-letter", Map.of("cleanup.policy", "compact")));
    try (Ownership owner = claims(topics).claim(-1);
        CapturedLog log = CapturedLog.of(OpenProblems.class)) {
      // When a letter without a key is to be sent
      CompletableFuture<Void> commit = commit(owner, letters(letter(20)));
      OpenProblem problem = await().atMost(SOON).until(this::problem, found -> found != null);

      // Then
      assertThat(problem.place()).isEqualTo("commit");
      assertThat(problem.outlook()).isEqualTo(Outlook.WAITS_FOR_OPERATOR);
      assertThat(problem.cause())
          .contains("topic " + topics.get("dead-letter") + " does not take a record");
      assertThat(problem.remedy())
          .contains("--topic " + topics.get("dead-letter") + " --add-config cleanup.policy=delete");

      // And once it is mended the letter is there, once, and the problem is gone
      alter(topics.get("dead-letter"), "cleanup.policy", "delete");
      await().atMost(SOON).until(commit::isDone);
      assertThat(commit).isCompleted();
      assertThat(TestBroker.records(topics.get("dead-letter"))).hasSize(1);
      assertThat(problems.all()).isEmpty();
      assertThat(log.lines().stream().filter(line -> line.contains("does not take")))
          .as("told once, however often it was tried")
          .hasSize(1);
    }
  }

  @Test
  void anOwnerThatIsClosedWhileItWaitsEndsAtOnce() throws Exception {
    // Given
    Map<String, String> topics = topics(Map.of("dead-letter", Map.of("cleanup.policy", "compact")));
    Ownership owner = claims(topics).claim(-1);
    CompletableFuture<Void> commit = commit(owner, letters(letter(20)));
    await().atMost(SOON).until(() -> problem() != null);

    // When
    long start = System.nanoTime();
    owner.close();

    // Then
    assertThatThrownBy(commit::get)
        .isInstanceOf(ExecutionException.class)
        .matches(failure -> KafkaFaults.has(failure, OwnershipLostException.class));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(problems.all()).as("a standby waits for nothing").isEmpty();
  }

  @Test
  void aTopicThatTakesNotEvenTheSmallestFormIsNamedAndWaitedFor() throws Exception {
    // Given room for no letter at all
    Map<String, String> topics = topics(Map.of("dead-letter", Map.of("max.message.bytes", "100")));
    try (Ownership owner = claims(topics).claim(-1)) {
      CompletableFuture<Void> commit = commit(owner, letters(letter(50)));
      OpenProblem problem = await().atMost(SOON).until(this::problem, found -> found != null);
      assertThat(problem.cause())
          .contains("a record is larger than topic " + topics.get("dead-letter") + " takes");
      assertThat(problem.remedy()).contains("max.message.bytes");

      // When
      alter(topics.get("dead-letter"), "max.message.bytes", "10000");

      // Then
      await().atMost(SOON).until(commit::isDone);
      assertThat(TestBroker.records(topics.get("dead-letter"))).hasSize(1);
    }
  }

  @Test
  void anAnnouncementThatIsTooLargeForItsTopicGoesWithoutItsConfusionMatrix() throws Exception {
    // Given many labels whose confusions no compression makes small
    Map<String, String> topics = topics(Map.of("versions", Map.of("max.message.bytes", "12000")));
    Random random = new Random(7);
    List<List<Long>> confusion =
        IntStream.range(0, 60)
            .mapToObj(row -> random.longs(60, 0, 1_000_000).boxed().toList())
            .toList();
    ModelVersion like = Versions.version(1);
    ModelVersion large =
        Versions.scored(like, Evaluations.like(like.evaluation()).confusion(confusion).build());

    // When
    try (Ownership owner = claims(topics).claim(-1)) {
      commit(owner, new Outbox(List.of(large), List.of(), List.of())).get();
    }

    // Then it is announced, whole but for that
    List<ConsumerRecord<byte[], byte[]>> events = TestBroker.records(topics.get("versions"));
    JsonNode event = Json.MAPPER.readTree(new String(events.get(1).value(), UTF_8));
    assertThat(event.at("/data/version").asLong()).isEqualTo(1);
    assertThat(event.at("/data/evaluation/confusion").isArray()).isTrue();
    assertThat(event.at("/data/evaluation/confusion")).isEmpty();
    assertThat(problems.all()).isEmpty();
    try (Ownership next = claims(topics).claim(-1)) {
      assertThat(next.ledger().lastVersion()).isPresent();
    }
  }

  private OpenProblem problem() {
    return problems.gravest().orElse(null);
  }

  private static CompletableFuture<Void> commit(Ownership owner, Outbox outbox) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            owner.commit(new Commit(UNIT, InputPositions.START, outbox));
          } catch (OwnershipLostException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static Outbox letters(DeadLetter letter) {
    return new Outbox(List.of(), List.of(), List.of(letter));
  }

  private static DeadLetter letter(int bytes) {
    return new DeadLetter(
        new InboundRecord(
            new RecordPosition("examples", 0, 5), null, new byte[bytes], List.of(), 0),
        DeadLetter.Reason.UNDECODABLE,
        "not JSON");
  }

  private static Map<String, String> topics(Map<String, Map<String, String>> settings) {
    Map<String, String> topics = new HashMap<>();
    for (String name :
        List.of("examples", "heldout", "retry", "versions", "metrics", "commits", "dead-letter")) {
      topics.put(name, TestBroker.topic(name, 1, settings.getOrDefault(name, Map.of())));
    }
    return topics;
  }

  private KafkaClaims claims(Map<String, String> topics) {
    return new KafkaClaims(
        new KafkaClientSettings(
            Map.of(),
            new SmallRyeConfigBuilder()
                .withDefaultValue("kafka.bootstrap.servers", TestBroker.address())
                .build()),
        TopicsOf.settings(topics),
        MODEL,
        "group-of-" + topics.get("versions"),
        problems,
        new DurabilityTimes());
  }

  private static void alter(String topic, String name, String value) throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
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
}
