package io.millrace.mutation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.storage.Json;
import io.millrace.testing.Messages;
import io.millrace.testing.TestBroker;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a run on mutated records left behind, in its store and on its topics.
 *
 * @param progress counts and labels of the last unit
 * @param chunks what the journal has from the base to that
 * @param versions those announced, in order
 * @param letters the reasons by the position of the record refused, each time it was
 */
record MutationOutcome(
    JsonNode progress,
    List<JournalEntry.Chunk> chunks,
    List<ModelVersion> versions,
    Map<RecordPosition, List<String>> letters) {

  private static final int LONGEST_LINE = 3_000;
  private static final int LONGEST_DETAIL = 300;

  /**
   * @param store the model's folder
   * @param topics by their setting's name
   */
  static MutationOutcome of(Path store, String model, Map<String, String> topics)
      throws IOException {
    Path checkpoints = store.resolve("checkpoints");
    CheckpointStore.Saved last = new FolderCheckpointStore(checkpoints, 1).newest().orElseThrow();
    JsonNode progress = Json.MAPPER.readTree(last.checkpoint().documents().get("progress"));
    JournalPosition end =
        new JournalPosition(
            progress.get("chunks").asLong(), progress.get("replay").get("idleSteps").asLong());
    List<JournalEntry.Chunk> chunks =
        new FolderBatchJournal(checkpoints.resolve("journal"))
            .lineage(last.id().term(), end).stream()
                .filter(JournalEntry.Chunk.class::isInstance)
                .map(JournalEntry.Chunk.class::cast)
                .toList();
    List<ConsumerRecord<byte[], byte[]>> announced = TestBroker.records(topics.get("versions"));
    Messages.versions(model, announced);
    Messages.metrics(model, TestBroker.records(topics.get("metrics")));
    List<ConsumerRecord<byte[], byte[]>> refused = TestBroker.records(topics.get("dead-letter"));
    Messages.deadLetters(refused);
    Map<RecordPosition, List<String>> letters = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> letter : refused) {
      assertThat(header(letter, "millrace-detail")).hasSizeLessThan(LONGEST_DETAIL);
      letters
          .computeIfAbsent(
              new RecordPosition(
                  header(letter, "millrace-topic"),
                  Integer.parseInt(header(letter, "millrace-partition")),
                  Long.parseLong(header(letter, "millrace-offset"))),
              p -> new ArrayList<>())
          .add(header(letter, "millrace-reason"));
    }
    return new MutationOutcome(progress, chunks, announced(announced), letters);
  }

  /** The versions among events of the versions topic. */
  static List<ModelVersion> announced(List<ConsumerRecord<byte[], byte[]>> events) {
    return events.stream()
        .map(event -> new String(event.value(), UTF_8))
        .filter(event -> event.contains(VersionEvent.TYPE))
        .map(VersionEvent::parse)
        .toList();
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }

  /** No text in the log, and no line that grows with the label set. */
  static void assertQuiet(Path log) throws IOException {
    // Byte for byte: whatever is in it, it can be read.
    for (String line : Files.readString(log, ISO_8859_1).split("\n")) {
      assertThat(line).hasSizeLessThan(LONGEST_LINE);
      assertThat(line).doesNotContain("x".repeat(100), "so ".repeat(30)); // no label is so long
    }
  }

  /**
   * Compares each record's outcome with what was computed beforehand.
   *
   * @param labels in the order of the model's rows
   */
  void assertAsExpected(
      Map<RecordPosition, MutatedRecord> positions, Base base, List<String> labels) {
    assertReadOnce(positions.size());
    Map<RecordPosition, String> skipped = skipped();
    List<String> wrong = new ArrayList<>();
    Map<String, Long> trained = new TreeMap<>();
    Map<String, Long> refused = new TreeMap<>();
    Map<String, Long> amended = new TreeMap<>();
    Map<Integer, Integer> chunkOf = chunkOf(positions);
    positions.forEach(
        (position, record) -> {
          String expected = record.became(base.toString());
          String skip = skipped.get(position);
          List<String> found = letters.getOrDefault(position, List.of());
          if (skip != null) {
            expected = skip;
            if (record.later(base.toString()).stream().noneMatch(l -> l.kind().equals(skip))) {
              wrong.add("%s was passed over, %s: %s".formatted(position, skip, record));
            }
          } else if (record.later(base.toString()).stream()
              .anyMatch(l -> chunkOf.get(l.number()).equals(chunkOf.get(record.number())))) {
            wrong.add("%s was trained beside its correction: %s".formatted(position, record));
          } else if (record.is("extreme") && found.equals(List.of("NON_FINITE"))) {
            expected = "NON_FINITE";
          }
          switch (expected) {
            case "TRAINED" -> trained.merge(record.label().orElseThrow(), 1L, Long::sum);
            case "SUPERSEDED", "RETRACTED", "RETRACTION" -> amended.merge(expected, 1L, Long::sum);
            case "HELD_OUT" -> {}
            default -> refused.merge(expected, 1L, Long::sum);
          }
          Set<String> fine = Set.of("TRAINED", "HELD_OUT", "RETRACTION", "SUPERSEDED", "RETRACTED");
          if (!found.equals(fine.contains(expected) ? List.of() : List.of(expected))) {
            wrong.add("%s: %s, dead letters %s: %s".formatted(position, expected, found, record));
          }
        });
    assertThat(wrong.size() > 20 ? wrong.subList(0, 20) : wrong)
        .as("%d records on the base %s", wrong.size(), base)
        .isEmpty();
    assertThat(letters.keySet()).isSubsetOf(positions.keySet());

    assertThat(strings(progress.get("labels"))).isEqualTo(labels);
    assertThat(counts(progress.get("labelCounts"))).isEqualTo(trained);
    assertThat(counts(progress.get("deadLetters"))).isEqualTo(refused);
    assertThat(counts(progress.get("amended"))).isEqualTo(amended);
    assertThat(progress.get("examplesTrained").asLong())
        .isEqualTo(trained.values().stream().mapToLong(Long::longValue).sum());

    assertThat(versions)
        .extracting(ModelVersion::version)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, versions.size()).boxed().toList());
    for (ModelVersion version : versions) {
      assertThat(labels.subList(0, version.labels().size())).isEqualTo(version.labels());
    }
    assertThat(versions.get(versions.size() - 1).labels()).isEqualTo(labels);
  }

  /** Every record is in the lineage once, in the order of its partition. */
  private void assertReadOnce(int records) {
    Map<Partition, Long> next = new HashMap<>();
    for (JournalEntry.Chunk chunk : chunks) {
      for (JournalEntry.Run run : chunk.runs()) {
        assertThat(run.from()).as("%s", run).isEqualTo(next.getOrDefault(run.partition(), 0L));
        next.put(run.partition(), run.to());
      }
    }
    assertThat(next.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(records);
  }

  private Map<RecordPosition, String> skipped() {
    Map<RecordPosition, String> skipped = new LinkedHashMap<>();
    for (JournalEntry.Chunk chunk : chunks) {
      chunk.skipped().forEach(skip -> skipped.put(skip.position(), skip.kind().name()));
    }
    return skipped;
  }

  /** The chunk that each record is in, by the records' numbers. */
  private Map<Integer, Integer> chunkOf(Map<RecordPosition, MutatedRecord> positions) {
    Map<Integer, Integer> chunkOf = new HashMap<>();
    Set<RecordPosition> seen = new HashSet<>();
    for (int i = 0; i < chunks.size(); i++) {
      for (JournalEntry.Run run : chunks.get(i).runs()) {
        for (long offset = run.from(); offset < run.to(); offset++) {
          RecordPosition position =
              new RecordPosition(run.partition().topic(), run.partition().number(), offset);
          assertThat(seen.add(position)).as("%s is read twice", position).isTrue();
          chunkOf.put(positions.get(position).number(), i);
        }
      }
    }
    return chunkOf;
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(one -> strings.add(one.asText()));
    return strings;
  }

  private static Map<String, Long> counts(JsonNode object) {
    Map<String, Long> counts = new TreeMap<>();
    object.properties().forEach(one -> counts.put(one.getKey(), one.getValue().asLong()));
    return counts;
  }
}
