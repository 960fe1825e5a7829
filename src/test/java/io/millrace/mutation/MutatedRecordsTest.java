package io.millrace.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.example.RecordPosition;
import io.millrace.example.TimeSource;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.ExampleSettings;
import io.millrace.input.LabelSettings;
import io.millrace.task.Tasks;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the decoder makes of mutated records, against what was computed without it. */
class MutatedRecordsTest {

  private static final Path GENERATOR = Path.of("src/test/python/mutated_records.py");
  private static final Map<String, String> TOPICS =
      Map.of("examples", "examples", "heldout", "heldout");

  private static final Path LIST = Path.of("target", "mutated-records.txt");

  @Test
  void eachRecordIsDecodedOrRefusedAsTheContractSaysAndNoRefusalQuotesIt() throws IOException {
    // Given
    MutatedRecords all = MutatedRecords.all();
    ExampleDecoder decoder = decoder(all.settings());
    List<String> wrong = new ArrayList<>();

    // When
    all.positions(TOPICS)
        .forEach(
            (position, record) -> {
              String expected = expected(record, position);
              Decoded decoded = decoder.decode(inbound(record, position));
              String found = found(decoded);
              if (decoded instanceof Decoded.Refused refused) {
                assertThat(refused.letter().detail())
                    .hasSizeLessThan(200)
                    .matches("[\\x20-\\x7e]*")
                    .doesNotContain("very", "so so", "new-");
              }
              if (!found.equals(expected)) {
                wrong.add("\nexpected %s\n found   %s\n of %s".formatted(expected, found, record));
              }
            });

    // Then
    Files.write(LIST, String.join("", wrong).getBytes(StandardCharsets.UTF_8));
    assertThat(all.records()).hasSize(20_000);
    assertThat(wrong.size() > 20 ? wrong.subList(0, 20) : wrong)
        .as("%d of %d records, all in %s", wrong.size(), all.records().size(), LIST)
        .isEmpty();
  }

  @Test
  void theFilesWereWrittenByTheGeneratorAsItIs() throws IOException, NoSuchAlgorithmException {
    byte[] script = Files.readAllBytes(GENERATOR);
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(script));

    assertThat(MutatedRecords.generators())
        .as("run python3 %s, the expectations are those of another version", GENERATOR)
        .containsOnly(hash);
  }

  private static ExampleDecoder decoder(Map<String, String> settings) {
    return new ExampleDecoder(
        mapping(ExampleSettings.class, settings),
        Tasks.named("label", mapping(LabelSettings.class, settings)));
  }

  private static <T> T mapping(Class<T> type, Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .withMapping(type)
        .withDefaultValues(settings)
        .withMappingIgnore("millrace.**")
        .build()
        .getConfigMapping(type);
  }

  private static InboundRecord inbound(MutatedRecord record, RecordPosition position) {
    return new InboundRecord(position, record.key(), record.value(), List.of(), record.sentAt());
  }

  private static String expected(MutatedRecord record, RecordPosition position) {
    if (record.reason().isPresent()) {
      return record.reason().get();
    }
    if (record.retracts().isPresent()) {
      return "retracts " + record.retracts().get();
    }
    Instant time =
        Instant.ofEpochSecond(
            record.fields().get("time").get(0).asLong(),
            record.fields().get("time").get(1).asLong());
    return example(
        record.id().orElse(position.toString()),
        record.label().orElseThrow(),
        time,
        record.is("replaced"),
        record.fields().path("weight").asDouble(1),
        record.group(),
        record.is("pair"));
  }

  private static String found(Decoded decoded) {
    if (decoded instanceof Decoded.Refused refused) {
      return refused.letter().reason().name();
    }
    if (decoded instanceof Decoded.Retraction retraction) {
      return "retracts " + retraction.id();
    }
    Decoded.Accepted accepted = (Decoded.Accepted) decoded;
    LabelledExample example = accepted.example();
    return example(
        example.id(),
        example.target().asName().orElseThrow(),
        example.eventTime(),
        accepted.time() == TimeSource.REPLACED,
        example.weight(),
        example.slice(),
        example.textPair().isPresent());
  }

  private static String example(
      String id,
      String label,
      Instant time,
      boolean replaced,
      double weight,
      Optional<String> group,
      boolean pair) {
    return "example %s, label %s, at %s%s, weight %s, %s%s"
        .formatted(
            id,
            label,
            time,
            replaced ? " instead of its own" : "",
            weight,
            group,
            pair ? ", a pair" : "");
  }
}
