package io.millrace.kafka.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

@OneAtATime
class KafkaRecordLogIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void rangesAreReadWholeInWhicheverOrder() throws Exception {
    // Given
    String topic = filled(3_000);

    // When and then
    try (KafkaRecordLog log = new KafkaRecordLog(TestBroker.client(), SOON)) {
      assertThat(offsets(log.read(new Partition(topic, 0), 0, 10))).isEqualTo(range(0, 10));
      assertThat(offsets(log.read(new Partition(topic, 0), 10, 1_500))).isEqualTo(range(10, 1_500));
      assertThat(offsets(log.read(new Partition(topic, 0), 1_600, 1_601)))
          .isEqualTo(range(1_600, 1_601));
      assertThat(offsets(log.read(new Partition(topic, 0), 5, 8))).isEqualTo(range(5, 8));
      assertThat(offsets(log.read(new Partition(topic, 0), 2_990, 3_000)))
          .isEqualTo(range(2_990, 3_000));
      assertThat(log.read(new Partition(topic, 0), 7, 8).get(0).value())
          .isEqualTo("7".getBytes(UTF_8));
    }
  }

  @Test
  void whatRetentionDeletedIsNamed() throws Exception {
    // Given
    String topic = filled(20);
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(5)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }

    // Then
    try (KafkaRecordLog log = new KafkaRecordLog(TestBroker.client(), SOON)) {
      assertThatThrownBy(() -> log.read(new Partition(topic, 0), 3, 10))
          .isInstanceOf(PipelineException.class)
          .hasMessage("%s-0 holds offsets 5 to 20, those from 3 to 10 are gone", topic);
      assertThat(offsets(log.read(new Partition(topic, 0), 5, 10))).isEqualTo(range(5, 10));
    }
  }

  private static String filled(int records) {
    String topic = TestBroker.topic("log", 1);
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < records; i++) {
        var unused = producer.send(new ProducerRecord<>(topic, ("" + i).getBytes(UTF_8)));
      }
      producer.flush();
    }
    return topic;
  }

  private static List<Long> offsets(List<InboundRecord> records) {
    return records.stream().map(record -> record.position().offset()).toList();
  }

  private static List<Long> range(long from, long to) {
    return LongStream.range(from, to).boxed().toList();
  }
}
