package io.millrace.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.example.Partition;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.storage.Json;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a run left behind: in its store, and on its topics for readers of committed records.
 *
 * @param sent examples sent, bad ones included
 * @param bad those
 * @param unit its last one
 * @param lineage what the journal has from the base to that
 * @param versions numbers announced, in order
 * @param decisions what was decided on: step and size of the held-out window, in order
 * @param letters the records dead-lettered, as {@code partition@offset}
 */
record Outcome(
    int sent,
    long bad,
    Checkpoint unit,
    List<JournalEntry> lineage,
    List<Long> versions,
    List<String> decisions,
    List<String> letters) {

  static Outcome of(TinyStream stream) throws IOException {
    CheckpointStore.Saved last =
        new FolderCheckpointStore(stream.checkpoints(), 1).newest().orElseThrow();
    JsonNode progress = progress(last.checkpoint());
    return new Outcome(
        stream.examples(),
        stream.bad(),
        last.checkpoint(),
        new FolderBatchJournal(stream.checkpoints().resolve("journal"))
                .lineage(
                    last.id().term(),
                    new JournalPosition(
                        progress.get("chunks").asLong(),
                        progress.get("replay").get("idleSteps").asLong()))
                .stream()
                .toList(),
        stream.events("versions").stream()
            .filter(event -> event.get("type").asText().equals(VersionEvent.TYPE))
            .map(event -> event.get("data").get("version").asLong())
            .toList(),
        stream.events("metrics").stream()
            .filter(record -> record.get("type").asText().equals("evaluation"))
            .map(Outcome::decidedOn)
            .toList(),
        stream.records("dead-letter").stream().map(Outcome::origin).toList());
  }

  private static String decidedOn(JsonNode evaluated) {
    return "step %d, %d held-out examples"
        .formatted(
            evaluated.get("step").asLong(), evaluated.get("candidate").get("examples").asLong());
  }

  private static String origin(ConsumerRecord<byte[], byte[]> letter) {
    return header(letter, "millrace-partition") + "@" + header(letter, "millrace-offset");
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), UTF_8);
  }

  private static JsonNode progress(Checkpoint unit) throws IOException {
    return Json.MAPPER.readTree(unit.documents().get("progress"));
  }

  /** Whether weights and moments are the other's, bit for bit. */
  boolean hasWeightsOf(Outcome other) {
    return other.unit.tensors().keySet().equals(unit.tensors().keySet())
        && unit.tensors().entrySet().stream()
            .allMatch(group -> same(group.getValue(), other.unit.tensors().get(group.getKey())));
  }

  private static boolean same(Map<String, HostTensor> tensors, Map<String, HostTensor> others) {
    return tensors.keySet().equals(others.keySet())
        && tensors.entrySet().stream()
            .allMatch(
                tensor ->
                    Arrays.equals(tensor.getValue().data(), others.get(tensor.getKey()).data()));
  }

  /** Whether each record is in the lineage once, and has one outcome in the counts. */
  boolean trainedOnce() throws IOException {
    Map<Partition, Long> next = new HashMap<>();
    long records = 0;
    for (JournalEntry entry : lineage) {
      if (entry instanceof JournalEntry.Chunk chunk) {
        for (JournalEntry.Run run : chunk.runs()) {
          if (run.from() != next.getOrDefault(run.partition(), 0L)) {
            return false;
          }
          next.put(run.partition(), run.to());
          records += run.records();
        }
      }
    }
    JsonNode progress = progress(unit);
    return records == TinyStream.HELD_OUT + sent
        && progress.get("examplesTrained").asLong() == sent - bad
        && progress.get("deadLetters").get("UNKNOWN_LABEL").asLong() == bad;
  }

  boolean versionsGapFree() {
    return !versions.isEmpty()
        && versions.equals(LongStream.rangeClosed(1, versions.size()).boxed().toList());
  }

  /** Whether nobody who reads committed records saw a decision or dead letter twice, or none. */
  boolean toldOnce() {
    return letters.size() == bad
        && letters.stream().distinct().count() == letters.size()
        && !decisions.isEmpty()
        && decisions.stream().distinct().count() == decisions.size();
  }

  void assertWhole() throws IOException {
    assertThat(trainedOnce()).as("one outcome for each record: %s", lineage).isTrue();
    assertThat(versionsGapFree()).as("versions %s", versions).isTrue();
    assertThat(toldOnce()).as("decisions %s, letters %s", decisions, letters).isTrue();
  }
}
