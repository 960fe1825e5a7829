package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A native executable reads and writes as JSON only what is registered. */
class NativeMetadataTest {

  private static final String CONFIG =
      "/META-INF/native-image/io.millrace/millrace/reflect-config.json";

  /** What is written to store, topics and files; the rest is reached from there. */
  private static final Set<String> WRITTEN =
      Set.of(
          "checkpoint.Manifest",
          "ledger.CommitRecord",
          "journal.JournalEntry",
          "journal.SegmentHead",
          "pipeline.Progress",
          "pipeline.Outbox",
          "pipeline.Standing",
          "pipeline.MetricRecord",
          "training.LazyRowsState",
          "training.StepHistory",
          "training.ReplayState",
          "evaluation.HeldOutExample",
          "evaluation.Scored",
          "evaluation.DriftState",
          "publication.CloudEvent",
          "publication.ModelVersion",
          "publication.TrainerStarted",
          "stream.StreamReport",
          "stream.Verdict");

  @Test
  void everyRecordThatIsWrittenIsRegisteredAndEveryOneRegisteredExists() throws Exception {
    Set<String> reached = new TreeSet<>();
    Deque<Type> open = new ArrayDeque<>();
    for (String name : WRITTEN) {
      open.add(Class.forName("io.millrace." + name));
    }
    while (!open.isEmpty()) {
      visit(open.removeFirst(), reached, open);
    }

    assertThat(registered()).containsAll(reached);
    assertThat(registered())
        .allSatisfy(name -> assertThat(Class.forName(name)).as(name).isNotNull());
  }

  private static void visit(Type type, Set<String> reached, Deque<Type> open) {
    if (type instanceof ParameterizedType generic) {
      open.addAll(List.of(generic.getActualTypeArguments()));
    } else if (type instanceof Class<?> found && found.getName().startsWith("io.millrace.")) {
      if (found.isSealed()) {
        open.addAll(List.of(found.getPermittedSubclasses()));
      } else if (found.isRecord() && reached.add(found.getName())) {
        for (RecordComponent component : found.getRecordComponents()) {
          open.add(component.getGenericType());
        }
      }
    }
  }

  private static Set<String> registered() throws IOException {
    Set<String> names = new TreeSet<>();
    try (InputStream config = NativeMetadataTest.class.getResourceAsStream(CONFIG)) {
      for (JsonNode entry : new ObjectMapper().readTree(config)) {
        if (entry.get("name").asText().startsWith("io.millrace.")) {
          names.add(entry.get("name").asText());
        }
      }
    }
    return names;
  }
}
