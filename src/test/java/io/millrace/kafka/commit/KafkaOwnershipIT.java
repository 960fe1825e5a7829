package io.millrace.kafka.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.commit.Commit;
import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.InboundRecord.Header;
import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicsOf;
import io.millrace.problem.OpenProblems;
import io.millrace.storage.DurabilityTimes;
import io.millrace.storage.Json;
import io.millrace.testing.Evaluations;
import io.millrace.testing.Examples;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.millrace.version.TrainerStarted;
import io.millrace.version.VersionEvent;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OneAtATime
class KafkaOwnershipIT {

  private static final String UNIT = "000000000007-000000000120-00000003";
  private static final String MODEL = "default"; // that of the versions for tests

  private Map<String, String> topics;
  private KafkaClaims claims;

  @BeforeEach
  void topicsOfTheirOwn() {
    topics =
        Map.of(
            "versions", TestBroker.topic("versions", 1),
            "metrics", TestBroker.topic("metrics", 1),
            "examples", TestBroker.topic("my-examples", 2),
            "heldout", TestBroker.topic("my-heldout", 1),
            "commits", TestBroker.topic("commits", 1, Map.of("cleanup.policy", "compact")),
            "dead-letter", TestBroker.topic("dead", 1, Map.of("max.message.bytes", "4000")));
    claims = claims(topics);
  }

  @Test
  void aTermIsTheOffsetOfATrainerStartedEvent() throws Exception {
    // When
    long term;
    try (Ownership first = claims.claim(-1)) {
      term = first.term();
      assertThat(first.ledger()).isEqualTo(Ledger.EMPTY);
    }

    // Then
    ConsumerRecord<byte[], byte[]> event = TestBroker.records(topics.get("versions")).get(0);
    assertThat(event.offset()).isEqualTo(term);
    assertThat(new String(event.key(), UTF_8)).isEqualTo(MODEL);
    var json = Json.MAPPER.readTree(event.value());
    assertThat(json.get("type").asText()).isEqualTo(TrainerStarted.TYPE);
    assertThat(JsonSchemas.load("trainer-started").errors(json.toString())).isEmpty();

    // And the next is higher, above what the store has seen, too
    try (Ownership second = claims.claim(term)) {
      assertThat(second.term()).isGreaterThan(term);
    }
    try (Ownership third = claims.claim(1000)) {
      assertThat(third.term()).isEqualTo(1001);
    }
  }

  @Test
  void aUnitsVersionDecisionLettersAndPositionsAreCommittedTogether() throws Exception {
    // Given
    InputPositions positions =
        InputPositions.START
            .after(new RecordPosition(topics.get("examples"), 0, 41))
            .after(new RecordPosition(topics.get("examples"), 1, 6));
    InputPositions withOneGone = positions.after(new RecordPosition("gone", 0, 3));
    Outbox outbox =
        new Outbox(
            List.of(Versions.version(1), Versions.version(2)),
            List.of(decision()),
            List.of(letter("x")));

    // When
    long term;
    try (Ownership owner = claims.claim(-1)) {
      term = owner.term();
      owner.commit(new Commit(UNIT, withOneGone, outbox));
    }

    // Then
    assertThat(TestBroker.records(topics.get("versions")).stream().skip(1))
        .extracting(record -> VersionEvent.parse(new String(record.value(), UTF_8)))
        .isEqualTo(outbox.versions());
    assertThat(TestBroker.records(topics.get("metrics")))
        .singleElement()
        .satisfies(
            record ->
                assertThat(Json.MAPPER.readTree(record.value()).get("type").asText())
                    .isEqualTo("evaluation"));
    assertThat(TestBroker.records(topics.get("dead-letter"))).hasSize(1);

    // And the next owner finds them
    try (Ownership next = claims.claim(-1)) {
      assertThat(next.ledger())
          .isEqualTo(
              new Ledger(
                  Optional.of(UNIT),
                  positions,
                  Optional.of(Versions.version(2)),
                  SentDeadLetters.NONE,
                  Optional.of(term)));
    }
  }

  @Test
  void aFencedOwnerCommitsNothingMore() throws Exception {
    // Given
    try (Ownership first = claims.claim(-1);
        Ownership second = claims.claim(-1)) {

      // When
      assertThatThrownBy(
              () ->
                  first.commit(
                      new Commit(
                          UNIT,
                          InputPositions.START.after(
                              new RecordPosition(topics.get("examples"), 0, 1)),
                          new Outbox(List.of(Versions.version(1)), List.of(), List.of()))))
          .isInstanceOf(OwnershipLostException.class)
          .hasMessageStartingWith(
              "term " + first.term() + " has ended, another instance has taken over");

      // Then
      second.commit(new Commit(UNIT, InputPositions.START, Outbox.EMPTY));
      assertThat(TestBroker.records(topics.get("versions"))).hasSize(2);
      try (Ownership third = claims.claim(-1)) {
        assertThat(third.ledger().positions().next()).isEmpty();
      }
    }
  }

  @Test
  void anOwnerThatIsClosedCommitsNothingMore() throws Exception {
    Ownership owner = claims.claim(-1);
    owner.close();

    assertThatThrownBy(() -> owner.commit(new Commit(UNIT, InputPositions.START, Outbox.EMPTY)))
        .isInstanceOf(OwnershipLostException.class);
  }

  @Test
  void theLastVersionIsFoundBehindManyOtherRecords() throws Exception {
    // Given a version, and many events behind it, the model's own without a value among them
    try (Ownership owner = claims.claim(-1)) {
      owner.commit(
          new Commit(
              UNIT,
              InputPositions.START,
              new Outbox(List.of(Versions.version(1)), List.of(), List.of())));
    }
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < 2_500; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(topics.get("versions"), bytes("another"), bytes("{}")));
      }
      TestBroker.send(producer, new ProducerRecord<>(topics.get("versions"), bytes(MODEL), null));
    }

    // Then
    try (Ownership owner = claims.claim(-1)) {
      assertThat(owner.ledger().lastVersion()).contains(Versions.version(1));
    }
  }

  @Test
  void anAnnouncementOfAThousandLabelsIsCommitted() throws Exception {
    // Given
    ModelVersion like = Versions.version(1);
    ModelVersion many =
        Versions.scored(
            like,
            Evaluations.like(like.evaluation())
                .confusion(Collections.nCopies(1000, Collections.nCopies(1000, 0L)))
                .build());
    assertThat(VersionEvent.json(many)).hasSizeGreaterThan(2_000_000);

    // When
    try (Ownership owner = claims.claim(-1)) {
      owner.commit(
          new Commit(UNIT, InputPositions.START, new Outbox(List.of(many), List.of(), List.of())));
    }

    // Then
    try (Ownership next = claims.claim(-1)) {
      assertThat(next.ledger().lastVersion()).contains(many);
    }
  }

  @Test
  void aLetterIsTheRecordAsItCameWithReasonAndOrigin() throws Exception {
    // Given
    byte[] notJson = {'{', (byte) 0xff, 0, 'x'};
    InboundRecord record =
        new InboundRecord(
            new RecordPosition("examples", 3, 77),
            bytes("key"),
            notJson,
            List.of(new Header("trace", bytes("a")), new Header("trace", bytes("b"))),
            0);

    // When
    ConsumerRecord<byte[], byte[]> letter =
        forwarded(new DeadLetter(record, Reason.UNDECODABLE, "not JSON"));

    // Then
    assertThat(letter.key()).isEqualTo(bytes("key"));
    assertThat(letter.value()).isEqualTo(notJson);
    assertThat(headers(letter))
        .containsExactly(
            "trace=a",
            "trace=b",
            "millrace-reason=UNDECODABLE",
            "millrace-detail=not JSON",
            "millrace-topic=examples",
            "millrace-partition=3",
            "millrace-offset=77");
  }

  @Test
  void aValueThatTheBrokerWouldRefuseForItsSizeIsReplacedByItsSizeAndHash() throws Exception {
    // Given a topic that takes less than the producer would send
    byte[] large = new byte[5000];
    Arrays.fill(large, (byte) 'x');
    InboundRecord record =
        new InboundRecord(
            new RecordPosition("examples", 3, 77),
            bytes("key"),
            large,
            List.of(new Header("h", bytes("1"))),
            0);

    // When
    ConsumerRecord<byte[], byte[]> letter =
        forwarded(new DeadLetter(record, Reason.TEXT_TOO_LARGE, "too long"));

    // Then
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(large));
    assertThat(letter.key()).isEqualTo(bytes("key"));
    assertThat(letter.value()).isEmpty();
    assertThat(headers(letter))
        .contains(
            "h=1",
            "millrace-reason=TEXT_TOO_LARGE",
            "millrace-offset=77",
            "millrace-value-size=5000",
            "millrace-value-sha256=" + hash);
  }

  @Test
  void aRecordWhoseHeadersAreTooLargeStillLeavesItsCoordinates() throws Exception {
    // Given
    Header huge = new Header("huge", new byte[2_000_000]);
    InboundRecord record =
        new InboundRecord(
            new RecordPosition("examples", 3, 77), bytes("key"), bytes("v"), List.of(huge), 0);

    // When
    ConsumerRecord<byte[], byte[]> letter =
        forwarded(new DeadLetter(record, Reason.UNDECODABLE, "not JSON"));

    // Then
    assertThat(letter.value()).isEmpty();
    assertThat(headers(letter))
        .contains("millrace-topic=examples", "millrace-offset=77", "millrace-value-size=1")
        .noneMatch(header -> header.startsWith("huge"));
  }

  @Test
  void aRetractionStaysARetraction() throws Exception {
    InboundRecord record =
        new InboundRecord(new RecordPosition("examples", 3, 77), null, null, List.of(), 0);

    ConsumerRecord<byte[], byte[]> letter =
        forwarded(new DeadLetter(record, Reason.UNDECODABLE, "no value"));

    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isNull();
  }

  private ConsumerRecord<byte[], byte[]> forwarded(DeadLetter letter) throws Exception {
    try (Ownership owner = claims.claim(-1)) {
      owner.commit(
          new Commit(
              UNIT, InputPositions.START, new Outbox(List.of(), List.of(), List.of(letter))));
    }
    List<ConsumerRecord<byte[], byte[]>> letters = TestBroker.records(topics.get("dead-letter"));
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }

  private static DeadLetter letter(String value) {
    return new DeadLetter(
        Examples.record("my-examples", 5, value), Reason.UNDECODABLE, "it is no JSON");
  }

  private static MetricRecord.Evaluated decision() {
    return new MetricRecord.Evaluated(
        MODEL,
        Examples.NOON,
        120,
        Versions.evaluation(0.9),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(1L),
        EvaluationOutcome.PUBLISH,
        "published as the first",
        Optional.empty(),
        Optional.empty(),
        1);
  }

  private static KafkaClaims claims(Map<String, String> topics) {
    return new KafkaClaims(
        new KafkaClientSettings(
            Map.of(),
            new SmallRyeConfigBuilder()
                .withDefaultValue("kafka.bootstrap.servers", TestBroker.address())
                .build()),
        TopicsOf.settings(topics),
        MODEL,
        "group-of-" + topics.get("versions"),
        new OpenProblems(),
        new DurabilityTimes());
  }

  private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
    return Arrays.stream(record.headers().toArray())
        .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
