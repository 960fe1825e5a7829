package io.millrace.kafka.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.commit.Commit;
import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.Partitions;
import io.millrace.kafka.TopicsOf;
import io.millrace.problem.OpenProblems;
import io.millrace.storage.DurabilityTimes;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import io.millrace.testing.Versions;
import io.millrace.version.VersionEvent;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The broker forgets the group's offsets, or somebody changes them, and it forgets the
 * transactional id, or leaves open what became of a transaction: what was sent is known all the
 * same. Here it is made to forget by hand; with {@code -Pfaults} it does so by itself.
 */
@OneAtATime
class ForgetfulBrokerIT {

  private static final String UNIT = "000000000007-000000000120-00000003";
  private static final String NEXT = "000000000007-000000000130-00000004";
  private static final String MODEL = "default"; // that of the versions for tests

  /** What the producers that are opened next do instead of committing. */
  private final AtomicReference<Fault> fault = new AtomicReference<>(Producer::commitTransaction);

  private final AtomicInteger opened = new AtomicInteger();

  private Map<String, String> topics;
  private String group;
  private TopicPartition examples;
  private InputPositions positions;
  private SentDeadLetters letters;
  private KafkaClaims claims;

  @BeforeEach
  void aModelWithAUnit() throws Exception {
    topics =
        Map.of(
            "versions", TestBroker.topic("versions", 1),
            "metrics", TestBroker.topic("metrics", 1),
            "examples", TestBroker.topic("my-examples", 2),
            "heldout", TestBroker.topic("my-heldout", 1),
            "commits", TestBroker.topic("commits", 2, Map.of("cleanup.policy", "compact")),
            "dead-letter", TestBroker.topic("dead", 1));
    group = "group-of-" + topics.get("versions");
    examples = new TopicPartition(topics.get("examples"), 0);
    positions = InputPositions.START.after(new RecordPosition(examples.topic(), 0, 41));
    letters = SentDeadLetters.NONE.with(List.of(new RecordPosition(examples.topic(), 0, 17)));
    claims = claims();
    try (Ownership owner = claims.claim(-1)) {
      owner.commit(new Commit(UNIT, positions, version(1), letters));
    }
  }

  @Test
  void offsetsThatAreGoneTakeNothingOfWhatWasSentWithThem() throws Exception {
    // Given
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin.deleteConsumerGroups(List.of(group)).all().get();
    }

    // When
    try (CapturedLog log = CapturedLog.of(LedgerReader.class);
        Ownership next = claims.claim(-1)) {

      // Then
      assertLedger(next.ledger());
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN group " + group + " has no offsets any more: they expired")
          .contains("commit record of unit " + UNIT, "nothing is sent again");

      // And its first commit puts them back
      next.commit(new Commit(UNIT, positions, Outbox.EMPTY, letters));
      assertThat(offset()).isEqualTo(new OffsetAndMetadata(42, UNIT));
    }
  }

  @Test
  void offsetsThatAreResetByHandAreNotObeyedAndTheLogSaysWhatToDoInstead() throws Exception {
    // Given
    alter(new OffsetAndMetadata(0));

    // When
    try (CapturedLog log = CapturedLog.of(LedgerReader.class);
        Ownership next = claims.claim(-1)) {

      // Then
      assertLedger(next.ledger());
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN the offsets of group " + group + " were changed by hand: ")
          .contains(examples + "=42 to 0")
          .contains("\"command\": \"roll-back\", \"version\": N, \"data\": \"replay\"");
    }
  }

  @Test
  void theNewerUnitCountsWhereAnOlderReleaseHasTrainedInBetween() throws Exception {
    // Given what that commits: no record
    alter(new OffsetAndMetadata(50, NEXT));

    // Then
    try (Ownership next = claims.claim(-1)) {
      assertThat(next.ledger().unit()).contains(NEXT);
      assertThat(next.ledger().positions().next())
          .containsExactly(Map.entry(Partitions.of(examples), 50L));
      assertThat(next.ledger().letters()).isEqualTo(letters);
    }
  }

  @Test
  void ofAStoreOfTheReleaseBeforeTheOffsetsTellTheUnit() throws Exception {
    // Given no record of the model
    topics = new HashMap<>(topics);
    topics.put("commits", TestBroker.topic("commits", 1));

    // Then
    try (Ownership next = claims().claim(-1)) {
      assertThat(next.ledger().unit()).contains(UNIT);
      assertThat(next.ledger().positions()).isEqualTo(positions);
      assertThat(next.ledger().isRecorded()).isFalse();
    }
  }

  @Test
  void aRecordBehindAnotherModelsOpenTransactionIsWaitedForNotMissed() throws Exception {
    try (Producer<byte[], byte[]> another = transactional("another-" + group);
        Ownership owner = claims.claim(-1)) {
      // Given a transaction that hides what comes behind it
      another.beginTransaction();
      for (int partition = 0; partition < 2; partition++) {
        another
            .send(
                new ProducerRecord<>(
                    topics.get("commits"), partition, bytes("another"), bytes("{}")))
            .get();
      }
      owner.commit(new Commit(NEXT, positions, Outbox.EMPTY));

      // When
      CompletableFuture<Ownership> claim = CompletableFuture.supplyAsync(this::claim);

      // Then
      assertThatThrownBy(() -> claim.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
      another.abortTransaction();
      try (Ownership next = claim.get()) {
        assertThat(next.ledger().unit()).contains(NEXT);
      }
    }
  }

  @Test
  void aProducerThatTheBrokerHasForgottenIsReplacedAndTheUnitIsSentOnce() throws Exception {
    // Given an owner that was idle for so long that its transactional id has expired
    fault.set(
        producer -> {
          throw new InvalidPidMappingException("expired");
        });
    try (Ownership owner = claims.claim(-1)) {
      int before = opened.get();
      fault.set(Producer::commitTransaction);

      // When
      owner.commit(new Commit(NEXT, positions, version(2)));

      // Then
      assertThat(opened.get()).isEqualTo(before + 1);
      assertVersions(1L, 2L);

      // And it goes on
      owner.commit(new Commit("000000000007-000000000140-00000005", positions, version(3)));
      assertVersions(1L, 2L, 3L);
      assertThat(opened.get()).isEqualTo(before + 1);
    }
  }

  @Test
  void whatBecameOfATransactionIsReadNotGuessed() throws Exception {
    // Given a transaction that is committed, though its owner hears otherwise
    fault.set(
        producer -> {
          producer.commitTransaction();
          throw new InvalidPidMappingException("the answer was lost");
        });
    try (Ownership owner = claims.claim(-1);
        CapturedLog log = CapturedLog.of(KafkaOwnership.class)) {
      fault.set(Producer::commitTransaction);

      // When
      owner.commit(new Commit(NEXT, positions, version(2)));

      // Then it is not sent again
      assertVersions(1L, 2L);
      assertThat(log.lines()).contains("INFO unit " + NEXT + " turns out to be committed");
    }
  }

  @Test
  void aForgottenOwnerDoesNotFenceTheOneThatTookOver() throws Exception {
    // Given
    fault.set(
        producer -> {
          throw new InvalidPidMappingException("expired");
        });
    try (Ownership old = claims.claim(-1)) {
      fault.set(Producer::commitTransaction);
      try (Ownership next = claims.claim(-1)) {
        next.commit(new Commit(UNIT, positions, Outbox.EMPTY));
        int before = opened.get();

        // When
        assertThatThrownBy(() -> old.commit(new Commit(NEXT, positions, version(2))))
            .isInstanceOf(OwnershipLostException.class)
            .hasMessageContaining("term " + old.term() + " has ended, another instance has taken");

        // Then
        assertThat(opened.get()).isEqualTo(before);
        next.commit(new Commit(NEXT, positions, version(2)));
        assertVersions(1L, 2L);
      }
    }
  }

  private void assertLedger(Ledger ledger) {
    assertThat(ledger.unit()).contains(UNIT);
    assertThat(ledger.positions()).isEqualTo(positions);
    assertThat(ledger.letters()).isEqualTo(letters);
    assertThat(ledger.lastVersion()).contains(Versions.version(1));
    assertThat(ledger.isRecorded()).isTrue();
  }

  private void assertVersions(Long... numbers) {
    assertThat(
            TestBroker.records(topics.get("versions")).stream()
                .map(record -> new String(record.value(), UTF_8))
                .filter(json -> json.contains(VersionEvent.TYPE))
                .map(json -> VersionEvent.parse(json).version()))
        .containsExactly(numbers);
  }

  private Ownership claim() {
    try {
      return claims.claim(-1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private OffsetAndMetadata offset() throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
      OffsetAndMetadata found =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(examples);
      return new OffsetAndMetadata(found.offset(), found.metadata());
    }
  }

  private void alter(OffsetAndMetadata offset) throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin.alterConsumerGroupOffsets(group, Map.of(examples, offset)).all().get();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Outbox version(long number) {
    return new Outbox(List.of(Versions.version(number)), List.of(), List.of());
  }

  private static Producer<byte[], byte[]> transactional(String id) {
    Map<String, Object> settings = new HashMap<>(TestBroker.client());
    settings.put("transactional.id", id);
    Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private KafkaClaims claims() {
    KafkaClientSettings kafka =
        new KafkaClientSettings(
            Map.of(),
            new SmallRyeConfigBuilder()
                .withDefaultValue("kafka.bootstrap.servers", TestBroker.address())
                .build());
    return new KafkaClaims(
        kafka,
        TopicsOf.settings(topics),
        MODEL,
        group,
        () -> {
          opened.incrementAndGet();
          return faulty(
              CommitProducer.open(kafka.properties(), group, Duration.ofSeconds(30)), fault.get());
        },
        new OpenProblems(),
        new DurabilityTimes());
  }

  /** The second transaction of its life, behind that of the claim, meets the fault. */
  @SuppressWarnings("unchecked")
  private static Producer<byte[], byte[]> faulty(Producer<byte[], byte[]> producer, Fault fault) {
    AtomicInteger commits = new AtomicInteger();
    return (Producer<byte[], byte[]>)
        Proxy.newProxyInstance(
            ForgetfulBrokerIT.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (self, method, arguments) -> {
              try {
                if (method.getName().equals("commitTransaction")
                    && commits.incrementAndGet() == 2) {
                  fault.commit(producer);
                  return null;
                }
                if (method.getName().equals("abortTransaction") && commits.get() >= 2) {
                  throw new InvalidPidMappingException("expired");
                }
                return method.invoke(producer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** What happens where a transaction is to be committed. */
  private interface Fault {
    void commit(Producer<byte[], byte[]> producer);
  }
}
