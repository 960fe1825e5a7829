package io.millrace.kafka.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.kafka.TopicSettings;
import io.millrace.kafka.TopicsOf;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.RollBacks;
import io.millrace.testing.TestBroker;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

@OneAtATime
class KafkaRecordArchiveIT {

  private final TopicSettings topics =
      TopicsOf.settings(
          Map.of(
              "versions", TestBroker.topic("versions", 2),
              "dead-letter", TestBroker.topic("dead-letter", 2)));
  private final KafkaRecordArchive archive = new KafkaRecordArchive(TestBroker.client(), topics);

  @Test
  void everyVersionOfTheModelIsReadFromAllPartitions() throws Exception {
    // Given
    ModelVersion first = Versions.version(1);
    ModelVersion second = Versions.version(2);
    RolledBack rollBack =
        RollBacks.to(1, first.term())
            .model(first.model())
            .from(2)
            .by("on-call-17")
            .because("why")
            .skipped(Map.of(new Partition("examples", 0), new OffsetRange(3, 9)))
            .build();
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, first.model(), VersionEvent.json(first));
      send(producer, "another", VersionEvent.json(first));
      send(producer, "another", rollBack.json());
      send(producer, first.model(), "{\"type\": \"io.millrace.trainer.started\"}");
      send(producer, first.model(), VersionEvent.json(second));
      send(producer, first.model(), rollBack.json());
      producer.flush();
    }

    // Then
    assertThat(archive.announced(first.model()).versions())
        .extracting(ModelVersion::version)
        .containsExactly(1L, 2L);
    assertThat(archive.announced(first.model()).rollBacks()).containsExactly(rollBack);
  }

  @Test
  void refusalsAreFoundByWhereTheRecordStood() throws Exception {
    // Given
    RecordPosition asked = new RecordPosition("examples", 2, 17);
    RecordPosition other = new RecordPosition("examples", 2, 18);
    RecordPosition well = new RecordPosition("examples", 2, 19);
    DeadLetterRecords records = new DeadLetterRecords(topics.deadLetter(), 1_000_000);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (RecordPosition position : List.of(asked, other)) {
        var unused =
            producer.send(
                records.of(
                    new DeadLetter(
                        new InboundRecord(position, null, "{".getBytes(UTF_8), List.of(), 0),
                        Reason.UNDECODABLE,
                        "why")));
      }
      var unused = producer.send(new ProducerRecord<>(topics.deadLetter(), "x".getBytes(UTF_8)));
      producer.flush();
    }

    // Then
    assertThat(
            archive.refusals(
                Set.of(asked, well), topic -> Optional.of(Instant.now().plusSeconds(60))))
        .as("of a topic that was accepted since")
        .isEmpty();
    assertThat(archive.refusals(Set.of(asked, well), topic -> Optional.empty()))
        .isEqualTo(Map.of(asked, "UNDECODABLE"));
  }

  private void send(Producer<byte[], byte[]> producer, String key, String value) {
    var unused =
        producer.send(
            new ProducerRecord<>(topics.versions(), key.getBytes(UTF_8), value.getBytes(UTF_8)));
  }
}
