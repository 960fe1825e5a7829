package io.millrace.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.PipelineException;
import io.millrace.example.Amendment;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.LabelSet;
import io.millrace.example.OutputSpace;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.InputTopics;
import io.millrace.input.Retried;
import io.millrace.journal.JournalEntry;
import io.millrace.run.ListedLog;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.testing.Tokenizers;
import io.millrace.tokenize.BaseCapability;
import io.millrace.tokenize.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private static TextTokenizer tokenizer;

  private final ChunkQueue queue =
      new ChunkQueue(
          4,
          Duration.ZERO,
          10,
          InputPositions.START,
          new JournalReplayer(List.of()),
          System::nanoTime);
  private final List<InboundRecord> past = new ArrayList<>();
  private final CompletableFuture<OutputSpace> labels = new CompletableFuture<>();
  private final List<String> amendments = new ArrayList<>();
  private final AtomicInteger replaced = new AtomicInteger();
  private Intake intake;

  @BeforeEach
  void start() {
    intake = intake(tokenizer, new LabelSetDiscovery(3, 6));
  }

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
    assertThat(queue.poll()).isEmpty();

    // When the second label comes
    intake.receive(List.of(example("examples", 4, "ham")));

    // Then labels are known and nothing was lost
    assertThat(labels.join().names()).containsExactly("ham", "spam");
    List<IntakeItem> arrivals = drain();
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
  void whoWatchesIdsIsToldOfEachOnceAndInOrderAlsoOfThoseThatWereHeld()
      throws InterruptedException {
    intake.receive(
        List.of(
            withId("examples", 0, "a", "spam"),
            example("examples", 1, "spam"), // without an id it corrects nothing
            Examples.record("examples", 2, "broken")));
    assertThat(amendments).isEmpty();

    intake.receive(List.of(withId("examples", 3, "b", "ham"), withId("examples", 4, "a", "ham")));

    assertThat(amendments)
        .containsExactly(
            "SUPERSEDED examples-0@0", "SUPERSEDED examples-0@3", "SUPERSEDED examples-0@4");
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
                + " and they have 1 label (spam); name the labels in millrace.labels.names, or"
                + " raise millrace.labels.max-held or the heap");
  }

  @Test
  void anUnknownLabelIsRefusedWithoutBlockingWhatFollows() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));

    intake.receive(List.of(example("examples", 0, "eggs"), example("examples", 1, "ham")));

    List<IntakeItem> arrivals = drain();
    assertThat(arrivals.get(0))
        .isInstanceOfSatisfying(
            IntakeItem.ToRefuse.class,
            refused -> {
              assertThat(refused.letter().reason()).isEqualTo(Reason.UNKNOWN_LABEL);
              assertThat(refused.letter().detail())
                  .isEqualTo("\"label\" is none of 2 labels (ham, spam)");
            });
    assertThat(arrivals.get(1)).isInstanceOf(IntakeItem.ToTrain.class);
  }

  @Test
  void whatARebalanceDeliversAgainIsIgnored() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));
    intake.receive(List.of(example("examples", 0, "ham"), example("examples", 1, "ham")));

    intake.receive(List.of(example("examples", 1, "ham"), example("examples", 2, "ham")));

    assertThat(drain()).hasSize(3);
    assertThat(intake.positions().of("examples", 0)).hasValue(3);
  }

  @Test
  void whatTheBaseCannotReadIsDeadLetteredWithoutTheOthers() throws InterruptedException {
    // Given a base of one segment, and one whose tokenizer fails on a word that it does not know
    labels.complete(new LabelSet(List.of("ham", "spam")));
    List<InboundRecord> records =
        List.of(
            labelled(0, "w7", ""),
            labelled(1, "w8", ", \"text_pair\": \"w9\""),
            labelled(2, "unknown", ""),
            labelled(3, "w199", ""),
            labelled(4, "w10", ", \"text_pair\": \" \""));

    // When
    try (TextTokenizer tiny =
        TextTokenizer.fromJson(
            Tokenizers.failingOnUnknownWords(), 16, new BaseCapability(199, 1))) {
      intake(tiny, new LabelSetDiscovery(3, 6)).receive(records);
    }

    // Then
    List<IntakeItem> arrivals = drain();
    assertThat(arrivals)
        .extracting(arrival -> arrival.getClass().getSimpleName())
        .containsExactly("ToTrain", "ToRefuse", "ToRefuse", "ToRefuse", "ToTrain");
    assertThat(letters(arrivals))
        .extracting(DeadLetter::detail)
        .containsExactly(
            "the base takes no \"text_pair\": its type_vocab_size is 1",
            "the base's tokenizer fails on it",
            "the base's tokenizer gives the token id 199, its vocab_size is 199");
    assertThat(letters(arrivals))
        .extracting(DeadLetter::reason)
        .containsOnly(Reason.UNSUPPORTED_BY_BASE);
  }

  @Test
  void aTextInWhichTheTokenizerFindsNothingIsDeadLettered() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));

    intake.receive(
        List.of(
            labelled(0, "\\ufffd", ""),
            labelled(1, "\\u200b\\u00a0", ""),
            labelled(2, "\\ufffd", ", \"text_pair\": \"a pair\""),
            example("examples", 3, "ham")));

    List<IntakeItem> arrivals = drain();
    assertThat(letters(arrivals))
        .extracting(DeadLetter::reason)
        .containsExactly(Reason.UNSUPPORTED_BY_BASE, Reason.MISSING_TEXT);
    assertThat(arrivals).hasSize(4).last().isInstanceOf(IntakeItem.ToTrain.class);
  }

  @Test
  void noLetterGrowsWithTheLabelSet() throws InterruptedException {
    labels.complete(
        new LabelSet(
            IntStream.range(0, 1000)
                .mapToObj(i -> "a long name of a label, number " + i)
                .toList()));

    intake.receive(List.of(example("examples", 0, "eggs")));

    assertThat(letters(drain()).get(0).detail())
        .startsWith("\"label\" is none of 1000 labels (a long")
        .hasSizeLessThan(400);
  }

  @Test
  void timestampsThatCannotBeAreCounted() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));

    intake.receive(
        List.of(
            labelled(0, "a", ", \"timestamp\": 1796043343000000"),
            labelled(1, "a", ", \"timestamp\": -1"),
            labelled(2, "a", ", \"timestamp\": 1767268800000"),
            example("examples", 3, "ham")));

    assertThat(replaced).hasValue(2);
  }

  @Test
  void whatIsHeldWhileLabelsAreLearnedIsBoundedByRecordsOfEveryKind() throws InterruptedException {
    // Given a backlog of held-out examples and broken records, and few examples to learn from
    List<InboundRecord> records =
        List.of(
            example("heldout", 0, "ham"),
            Examples.record("examples", 0, "broken"),
            example("heldout", 1, "eggs"),
            example("examples", 1, "spam"),
            Examples.record("examples", 2, "broken"));
    intake.receive(records);
    assertThat(labels).isNotDone();

    // When the sixth comes
    intake.receive(List.of(Examples.record("examples", 3, "broken")));

    // Then the labels of all that is held are fixed, and nothing was lost
    assertThat(labels.join().names()).containsExactly("eggs", "ham", "spam");
    assertThat(drain()).hasSize(6);
  }

  @Test
  void whatIsHeldIsBoundedByBytesToo() throws InterruptedException {
    Intake small = intake(tokenizer, new LabelSetDiscovery(500, 50_000, 100_000));
    for (int offset = 0; offset < 9; offset++) {
      small.receive(List.of(Examples.record("examples", offset, "x".repeat(10_000))));
    }

    assertThatThrownBy(
            () -> small.receive(List.of(Examples.record("examples", 9, "x".repeat(10_000)))))
        .isInstanceOf(PipelineException.class)
        .hasMessageStartingWith(
            "labels cannot be learned: 10 records (0 MiB) are held, 0 of them examples to train on,"
                + " and they have 0 labels ()");
  }

  private static List<DeadLetter> letters(List<IntakeItem> arrivals) {
    return arrivals.stream()
        .filter(IntakeItem.ToRefuse.class::isInstance)
        .map(arrival -> ((IntakeItem.ToRefuse) arrival).letter())
        .toList();
  }

  private Intake intake(TextTokenizer tokenizer, LabelSetDiscovery learner) {
    return new Intake(
        new RecordReader(
            new RetriedRecords(
                new InputTopics("examples", "heldout", "retry"),
                new ExampleDecoder(100, "group", Labels.TASK),
                () -> new ListedLog(past),
                () -> false),
            tokenizer,
            replaced::addAndGet),
        queue,
        learner,
        labels,
        Labels.TASK,
        InputPositions.START,
        amendment -> amendments.add(amendment.kind() + " " + amendment.position()));
  }

  private static InboundRecord labelled(long offset, String text, String more) {
    return Examples.record(
        "examples", offset, "{\"text\": \"%s\", \"label\": \"ham\"%s}".formatted(text, more));
  }

  @Test
  void aRetriedRecordCountsAsIfItStoodWhereItCameFrom() throws InterruptedException {
    labels.complete(new LabelSet(List.of("ham", "spam")));

    // When a held-out one and one to train on come back, and two that say nothing of the kind
    intake.receive(
        List.of(
            retried(0, "heldout-0@3", "", "{\"text\": \"a\", \"label\": \"ham\"}"),
            retried(1, "examples-0@7", "", "{\"text\": \"a\", \"label\": \"ham\"}"),
            Examples.record("retry", 2, "{\"text\": \"a\", \"label\": \"ham\"}"),
            retried(3, "elsewhere-0@7", "", "{\"text\": \"a\", \"label\": \"ham\"}")));

    // Then held-out stays held-out, and what nobody knows the kind of is not trained on
    List<IntakeItem> arrivals = drain();
    assertThat(arrivals.get(0))
        .isInstanceOfSatisfying(
            IntakeItem.ToScore.class,
            scored -> {
              assertThat(scored.example().position().toString()).isEqualTo("heldout-0@3");
              assertThat(scored.record().position().toString()).isEqualTo("retry-0@0");
              assertThat(scored.example().eventTime()).isEqualTo(Instant.ofEpochMilli(1_234));
            });
    assertThat(arrivals.get(1))
        .isInstanceOfSatisfying(
            IntakeItem.ToTrain.class,
            trained -> {
              assertThat(trained.example().id()).isEqualTo("examples-0@7");
              assertThat(trained.record().sentAt()).contains(Instant.ofEpochMilli(1_234));
            });
    assertThat(arrivals.subList(2, 4))
        .allSatisfy(
            arrival ->
                assertThat(((IntakeItem.ToRefuse) arrival).letter().detail())
                    .startsWith("a record of the retry topic: "));
    assertThat(intake.positions().next()).isEqualTo(Map.of(new Partition("retry", 0), 4L));
  }

  @Test
  void aRetriedExampleThatWasCorrectedOrRetractedMeanwhileDoesNotComeBack() throws Exception {
    labels.complete(new LabelSet(List.of("ham", "spam")));
    // Given what came since: a correction, a retraction, and another's
    past.add(named(0, "first"));
    past.add(named(5, "a"));
    past.add(retraction(6, "b"));
    past.add(named(7, "c"));
    intake.receive(past);
    drain();

    // When those in front of them come back
    intake.receive(
        List.of(
            retried(0, "examples-0@1", "", json("a")),
            retried(1, "examples-0@2", "", json("b")),
            retried(2, "examples-0@3", "", json("d")),
            retried(3, "examples-0@4", "7", json("c")),
            retried(4, "examples-0@4", "8", json("c"))));

    // Then only those whom no later record is about are new, and the journal says of the others
    Chunk chunk = (Chunk) queue.poll().orElseThrow();
    assertThat(chunk.skipped())
        .containsExactly(
            new JournalEntry.Skip(new RecordPosition("retry", 0, 0), Amendment.Kind.SUPERSEDED),
            new JournalEntry.Skip(new RecordPosition("retry", 0, 1), Amendment.Kind.RETRACTED),
            new JournalEntry.Skip(new RecordPosition("retry", 0, 3), Amendment.Kind.SUPERSEDED));
    assertThat(chunk.of(IntakeItem.ToTrain.class))
        .extracting(arrival -> arrival.record().position().offset())
        .containsExactly(2L);
    // The replay had looked at all in front of offset 8
    assertThat(drain()).singleElement().isInstanceOf(IntakeItem.ToTrain.class);
  }

  @Test
  void aRetriedExampleOfWhichNobodyCanTellIsRefusedWithTheReason() throws Exception {
    labels.complete(new LabelSet(List.of("ham", "spam")));
    past.add(named(5, "a"));
    intake.receive(past);
    drain();

    intake.receive(List.of(retried(0, "examples-0@1", "", json("a"))));

    DeadLetter letter = ((IntakeItem.ToRefuse) drain().get(0)).letter();
    assertThat(letter.reason()).isEqualTo(Reason.OUTDATED);
    assertThat(letter.record().position().toString()).isEqualTo("retry-0@0");
    assertThat(letter.detail()).contains("examples-0").contains("from offset 2 are gone");
  }

  @Test
  void aCorrectionThatComesAfterARetriedExampleIsAboutItLikeAboutAnyOther() throws Exception {
    labels.complete(new LabelSet(List.of("ham", "spam")));

    // When it waits still
    intake.receive(
        List.of(
            retried(0, "examples-0@1", "", json("a")),
            retried(1, "examples-0@2", "", json("b")),
            named(3, "a"),
            retraction(4, "b")));

    // Then
    Chunk chunk = (Chunk) queue.poll().orElseThrow();
    assertThat(chunk.skipped())
        .extracting(skip -> skip.position().toString())
        .containsExactly("retry-0@0", "retry-0@1");

    // And for what was trained on before, the position is where it came from
    assertThat(queue.amendments().of("a", new RecordPosition("examples", 0, 1)))
        .contains(Amendment.Kind.SUPERSEDED);
  }

  private static String json(String id) {
    return "{\"id\": \"%s\", \"text\": \"a\", \"label\": \"ham\"}".formatted(id);
  }

  private static InboundRecord named(long offset, String id) {
    return Examples.record("examples", offset, json(id));
  }

  private static InboundRecord retraction(long offset, String id) {
    return new InboundRecord(
        new RecordPosition("examples", 0, offset), id.getBytes(UTF_8), null, List.of(), 1);
  }

  private static InboundRecord retried(long offset, String origin, String checkedTo, String value) {
    List<InboundRecord.Header> headers = new ArrayList<>();
    headers.add(header(Retried.ORIGIN, origin));
    headers.add(header(Retried.SENT_AT, "1234"));
    if (!checkedTo.isEmpty()) {
      headers.add(header(Retried.CHECKED_TO, checkedTo));
    }
    return new InboundRecord(
        new RecordPosition("retry", 0, offset), null, value.getBytes(UTF_8), headers, 99_999);
  }

  private static InboundRecord.Header header(String name, String value) {
    return new InboundRecord.Header(name, value.getBytes(UTF_8));
  }

  private List<IntakeItem> drain() throws InterruptedException {
    List<IntakeItem> arrivals = new ArrayList<>();
    for (var chunk = queue.poll(); chunk.isPresent(); chunk = queue.poll()) {
      arrivals.addAll(((Chunk) chunk.get()).arrivals());
    }
    return arrivals;
  }

  private static InboundRecord withId(String topic, long offset, String id, String label) {
    return Examples.record(
        topic,
        offset,
        "{\"id\": \"%s\", \"text\": \"some words\", \"label\": \"%s\"}".formatted(id, label));
  }

  private static InboundRecord example(String topic, long offset, String label) {
    return Examples.record(
        topic, offset, "{\"text\": \"some words\", \"label\": \"" + label + "\"}");
  }
}
