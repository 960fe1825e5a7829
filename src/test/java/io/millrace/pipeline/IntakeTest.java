package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.example.UnknownLabel;
import io.millrace.testing.Examples;
import io.millrace.tokenize.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private static TextTokenizer tokenizer;

  private final ChunkQueue queue =
      new ChunkQueue(
          4, Duration.ZERO, 10, InputPositions.START, new Repetition(List.of()), System::nanoTime);
  private final CompletableFuture<LabelSet> labels = new CompletableFuture<>();
  private final Intake intake =
      new Intake(
          new RecordReader(new ExampleDecoder(100, "group"), tokenizer, replaced -> {}),
          queue,
          "heldout",
          new LabelLearner(3, 6),
          labels,
          UnknownLabel.DEAD_LETTER,
          InputPositions.START);

  @BeforeAll
  static void load() throws IOException {
    try (InputStream json =
        IntakeTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      tokenizer = TextTokenizer.fromJson(json.readAllBytes(), 16);
    }
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void whileLabelsAreLearnedEverythingIsHeldInOrder() throws InterruptedException {
    // Given three examples of one label, a held-out one and a broken one
    intake.receive(
        List.of(
            example("examples", 0, "spam"),
            example("heldout", 0, "ham"),
            example("examples", 1, "spam"),
            Examples.record("examples", 2, "broken"),
            example("examples", 3, "spam")));
    assertThat(labels).isNotDone();
    assertThat(queue.take(Duration.ZERO)).isEmpty();

    // When the second label comes
    intake.receive(List.of(example("examples", 4, "ham")));

    // Then labels are known and nothing was lost
    assertThat(labels.join().names()).containsExactly("ham", "spam");
    List<Arrival> arrivals = drain();
    assertThat(arrivals)
        .extracting(arrival -> arrival.record().position().toString())
        .containsExactly(
            "examples-0@0",
            "heldout-0@0",
            "examples-0@1",
            "examples-0@2",
            "examples-0@3",
            "examples-0@4");
    assertThat(arrivals)
        .extracting(arrival -> arrival.getClass().getSimpleName())
        .containsExactly("ToTrain", "ToScore", "ToTrain", "ToRefuse", "ToTrain", "ToTrain");
  }

  @Test
  void aStreamOfOneLabelEndsWithAMessageThatSaysWhatToDo() {
    List<InboundRecord> records = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      records.add(example("examples", i, "spam"));
    }

    assertThatThrownBy(() -> intake.receive(records))
        .isInstanceOf(PipelineException.class)
        .hasMessage(
            "labels cannot be learned: 6 records (0 MiB) are held, 6 of them examples to train on,"
                + " and there is 1 label (spam); name the labels in millrace.labels.names, or raise"
                + " millrace.labels.max-held or the heap");
  }

  @Test
  void anUnknownLabelIsRefusedWithoutBlockingWhatFollows() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));

    intake.receive(List.of(example("examples", 0, "eggs"), example("examples", 1, "ham")));

    List<Arrival> arrivals = drain();
    assertThat(arrivals.get(0))
        .isInstanceOfSatisfying(
            Arrival.ToRefuse.class,
            refused -> {
              assertThat(refused.letter().reason()).isEqualTo(Reason.UNKNOWN_LABEL);
              assertThat(refused.letter().detail())
                  .isEqualTo("\"label\" is none of 2 labels (ham, spam)");
            });
    assertThat(arrivals.get(1)).isInstanceOf(Arrival.ToTrain.class);
  }

  @Test
  void whatARebalanceDeliversAgainIsIgnored() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));
    intake.receive(List.of(example("examples", 0, "ham"), example("examples", 1, "ham")));

    intake.receive(List.of(example("examples", 1, "ham"), example("examples", 2, "ham")));

    assertThat(drain()).hasSize(3);
    assertThat(intake.positions().of("examples", 0)).hasValue(3);
  }

  private List<Arrival> drain() throws InterruptedException {
    List<Arrival> arrivals = new ArrayList<>();
    for (var chunk = queue.take(Duration.ZERO);
        chunk.isPresent();
        chunk = queue.take(Duration.ZERO)) {
      arrivals.addAll(((Chunk) chunk.get()).arrivals());
    }
    return arrivals;
  }

  private static InboundRecord example(String topic, long offset, String label) {
    return Examples.record(
        topic, offset, "{\"text\": \"some words\", \"label\": \"" + label + "\"}");
  }
}
