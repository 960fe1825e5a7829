package io.millrace.kafka.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.Compat;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.InboundRecord.Header;
import io.millrace.example.RecordPosition;
import io.millrace.input.Retried;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.kafka.input.InputChannel;
import io.millrace.testing.Examples;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.Messages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Headers of dead letters: as the schema says, now and before. */
class DeadLetterContractTest {

  private static final int MAX_BYTES = 2_000;
  private static final InboundRecord RECORD =
      Examples.record("examples", 5, "{\"text\": \"%s\"}".formatted("x".repeat(100)));

  @Test
  void theSchemaHasEveryReasonAndEveryHeader() throws IOException {
    JsonNode schema =
        new ObjectMapper()
            .readTree(
                Path.of("src/main/resources/schemas/dead-letter-headers.schema.json").toFile());
    assertThat(schema.at("/properties/millrace-reason/enum"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(Arrays.stream(Reason.values()).map(Enum::name).toList());
    assertThat(JsonSchemas.load("dead-letter-headers").fields(""))
        .containsAll(DeadLetterRecords.OWN_HEADERS)
        .hasSize(DeadLetterRecords.OWN_HEADERS.size() + Retried.HEADERS.size())
        .containsAll(Retried.HEADERS);
  }

  @Test
  void wholeOnesAndThoseTooLargeFollowIt() {
    DeadLetter letter = new DeadLetter(RECORD, Reason.MISSING_LABEL, "\"label\" is missing");
    for (int maxBytes : new int[] {MAX_BYTES, 100}) {
      ProducerRecord<byte[], byte[]> record =
          new DeadLetterRecords("dead-letter", maxBytes).of(letter);
      ConsumerRecord<byte[], byte[]> read =
          new ConsumerRecord<>("dead-letter", 0, 0, record.key(), record.value());
      record.headers().forEach(header -> read.headers().add(header));
      assertThat(Messages.deadLetters(List.of(read))).containsExactly("MISSING_LABEL");
    }
  }

  @Test
  void keptOnesAreSentBackToWhereTheyCameFrom() throws IOException {
    for (Path file : Compat.files("dead-letter-headers")) {
      // Given
      Map<String, String> headers =
          new ObjectMapper().readValue(file.toFile(), new TypeReference<>() {});
      InboundRecord letter =
          new InboundRecord(
              new RecordPosition("dead-letter", 0, 3),
              null,
              RECORD.value(),
              headers.entrySet().stream()
                  .map(header -> new Header(header.getKey(), header.getValue().getBytes(UTF_8)))
                  .toList(),
              0);

      // Then
      assertThat(DeadLetterRecords.origin(letter))
          .contains(
              new RecordPosition(
                  headers.get("millrace-topic"),
                  Integer.parseInt(headers.get("millrace-partition")),
                  Long.parseLong(headers.get("millrace-offset"))));
      RecordPosition origin = DeadLetterRecords.origin(letter).orElseThrow();
      Retried retried =
          new Retried(origin, origin, "dead-letter-0@3", OptionalLong.of(9), OptionalLong.empty());
      ProducerRecord<byte[], byte[]> again =
          DeadLetterReplay.record("retry", new ReplayFilter.Sendable(letter, retried), 3);
      assertThat(again.topic()).isEqualTo("retry");
      assertThat(StreamSupport.stream(again.headers().spliterator(), false))
          .extracting(org.apache.kafka.common.header.Header::key)
          .containsExactly(Retried.ORIGIN, Retried.OF, Retried.LETTER, Retried.CHECKED_TO);
      ConsumerRecord<byte[], byte[]> read =
          new ConsumerRecord<>("retry", 0, 4, again.key(), again.value());
      again.headers().forEach(header -> read.headers().add(header));
      assertThat(Retried.of(InputChannel.inbound(read))).contains(retried);
    }
  }
}
