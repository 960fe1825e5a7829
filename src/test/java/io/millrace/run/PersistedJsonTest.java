package io.millrace.run;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import io.millrace.commit.CommitRecord;
import io.millrace.commit.OwnerState;
import io.millrace.drift.DriftState;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.heldout.PrequentialEntry;
import io.millrace.identity.RunIdentity;
import io.millrace.identity.TermRecords.TermRecord;
import io.millrace.learner.Progress;
import io.millrace.optim.LazyRowsState;
import io.millrace.optim.StepHistory;
import io.millrace.replay.ReplayState;
import io.millrace.report.StatusView;
import io.millrace.testing.GoldenJson;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.TrainerStarted;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is kept in the store or sent to topics has the names that it had. */
class PersistedJsonTest {

  static Stream<Map.Entry<String, Type>> documents() {
    return Stream.of(
        entry("checkpoint/lazy-rows.json", LazyRowsState.class),
        entry("checkpoint/step-history.json", StepHistory.class),
        entry("checkpoint/progress.json", Progress.class),
        entry("checkpoint/held-out.json", new TypeReference<List<HeldOutExample>>() {}.getType()),
        entry(
            "checkpoint/prequential.json",
            new TypeReference<List<PrequentialEntry>>() {}.getType()),
        entry("checkpoint/drift.json", DriftState.class),
        entry("checkpoint/replay.json", ReplayState.class),
        entry("checkpoint/outbox.json", Outbox.class),
        entry("checkpoint/standing.json", OwnerState.class),
        entry("store/identity.json", RunIdentity.class),
        entry("store/term.json", TermRecord.class),
        entry("store/version.json", ModelVersion.class),
        entry("store/rolled-back.json", RolledBack.class),
        entry("topics/commit.json", CommitRecord.class),
        entry("topics/trainer-started.json", TrainerStarted.class),
        entry("topics/step.json", MetricRecord.StepDone.class),
        entry("topics/chunk.json", MetricRecord.ChunkClosed.class),
        entry("topics/evaluation.json", MetricRecord.Evaluated.class),
        entry("topics/drift.json", MetricRecord.Drifted.class),
        entry("topics/command.json", MetricRecord.Commanded.class),
        entry("rest/status.json", StatusView.Status.class));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void aDocumentIsWrittenAndReadAsItWas(Map.Entry<String, Type> document) throws IOException {
    GoldenJson.assertKept(document.getKey(), document.getValue());
  }

  @Test
  void everyGoldenFileIsCompared() throws IOException {
    List<String> elsewhere =
        List.of(
            "checkpoint/manifest.json",
            "journal/segment-head.json",
            "journal/chunk.json",
            "journal/idle.json",
            "store/millrace.json");
    try (Stream<Path> files = Files.walk(GoldenJson.FOLDER)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> GoldenJson.FOLDER.relativize(file).toString())
                  .collect(Collectors.toSet()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(elsewhere.stream(), documents().map(Map.Entry::getKey)).toList());
    }
  }
}
