package io.millrace.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.example.Partition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal of many segments of three or four entries each. */
class SegmentsTest {

  private static final Optional<CheckpointId> BASE = Optional.empty();
  private static final long SEGMENT_BYTES = 600;

  @TempDir private Path folder;

  private FolderBatchJournal journal;

  @BeforeEach
  void open() throws IOException {
    journal = new FolderBatchJournal(folder, SEGMENT_BYTES);
  }

  @Test
  void aTermIsWrittenInSegmentsThatGiveItsEntriesInOrder() throws IOException {
    // When
    term(7, BASE, 0, 40);

    // Then
    assertThat(segments()).hasSizeGreaterThan(8);
    assertThat(segments().get(0)).isEqualTo("000000000007.jsonl");
    assertThat(segments().get(1)).matches("000000000007-0000000000\\d\\d-000000000000\\.jsonl");
    assertThat(journal.lineage(7, at(40))).containsExactlyElementsOf(chunks(0, 40));
    assertThat(journal.behind(unit(7), at(33))).containsExactlyElementsOf(chunks(33, 40));
    assertThat(journal.behind(unit(7), at(33)).records()).isEqualTo(7 * 8);
    assertThat(journal.lineage(7, at(21))).containsExactlyElementsOf(chunks(0, 21));
  }

  @Test
  void aTakeOverReadsOnlyTheSegmentsThatItNeeds() throws IOException {
    // Given a term of dozens of segments, and the checkpoint near its end
    term(7, BASE, 0, 200);
    FolderBatchJournal next = new FolderBatchJournal(folder, SEGMENT_BYTES);

    // When
    Entries behind = next.behind(unit(7), at(198));
    next.begin(9, unit(7), at(198), behind).close();
    Entries repeated = next.behind(unit(7), at(198));

    // Then two heads and three segments at most, each read twice
    assertThat(repeated).containsExactlyElementsOf(chunks(198, 200));
    assertThat(next.bytes()).isGreaterThan(40 * SEGMENT_BYTES);
    assertThat(next.bytesRead()).isLessThan(12 * SEGMENT_BYTES);
  }

  @Test
  void entriesStayAsTheyWereFoundWhateverIsAddedMeanwhile() throws IOException {
    // Given
    BatchJournal.Appender fenced = journal.begin(7, BASE, at(0), List.of());
    add(fenced, chunks(0, 5));
    Entries found = journal.behind(BASE, at(0));

    // When
    add(fenced, chunks(5, 20));

    // Then
    assertThat(found.size()).isEqualTo(5);
    assertThat(found).containsExactlyElementsOf(chunks(0, 5));
    assertThat(found).containsExactlyElementsOf(chunks(0, 5));
  }

  @Test
  void aCrashAnywhereInARollLosesNoEntryAndTheNextTermGoesOn() throws IOException {
    // Given a term at the very end of a segment, and what a crash in the roll leaves behind
    List<JournalEntry> all = untilRolled();
    int size = all.size();
    Path later = folder.resolve(segments().get(1));
    byte[] whole = Files.readAllBytes(later);
    int head = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf('\n') + 1;
    List<JournalEntry> rolled = all.subList(0, size - 1);

    // Half of the file aside; it whole, not renamed; renamed, without an entry; half an entry
    for (int length : new int[] {0, head / 2, head}) {
      Files.delete(later);
      Files.write(
          folder.resolve(".writing-" + later.getFileName()),
          java.util.Arrays.copyOf(whole, length));
      assertThat(journal.behind(BASE, at(0))).containsExactlyElementsOf(rolled);
      Files.write(later, whole);
    }
    for (int length = head; length < whole.length; length++) {
      Files.write(later, java.util.Arrays.copyOf(whole, length));
      assertThat(journal.behind(BASE, at(0)))
          .as("cut off at byte %d", length)
          .containsExactlyElementsOf(rolled);
    }
    BatchJournal.Appender next = journal.begin(9, BASE, at(0), journal.behind(BASE, at(0)));
    add(next, chunks(size - 1, size + 4));
    assertThat(journal.lineage(9, at(size + 4))).containsExactlyElementsOf(chunks(0, size + 4));

    // And the leftover goes with the first pruning of a later owner
    journal.prune(9, at(0), 0);
    assertThat(names()).noneMatch(name -> name.startsWith(".writing-"));
  }

  @Test
  void aRollThatFailsIsTriedAgainWithTheNextAttempt() throws IOException {
    // Given a segment that is full, where the next one cannot be written
    BatchJournal.Appender term = journal.begin(7, BASE, at(0), List.of());
    List<JournalEntry> some = chunks(0, untilFull());
    for (JournalEntry entry : some) {
      term.append(entry);
    }
    JournalPosition end = at(some.size());
    Path inTheWay =
        folder.resolve(
            ".writing-t7.%012d-%012d-%012d.jsonl".formatted(7, end.chunks(), end.idleSteps()));
    Files.createDirectories(inTheWay);
    Files.createFile(inTheWay.resolve("file"));

    // Then
    JournalEntry next = chunk(some.size());
    assertThatThrownBy(() -> term.append(next))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("000000000007.jsonl cannot be written (");
    assertThat(journal.behind(BASE, at(0))).containsExactlyElementsOf(some);

    // When
    if (Files.exists(inTheWay)) { // the attempt may have cleaned up already
      Files.deleteIfExists(inTheWay.resolve("file"));
      Files.delete(inTheWay);
    }
    term.append(next);

    // Then
    assertThat(journal.behind(BASE, at(0))).containsExactlyElementsOf(chunks(0, some.size() + 1));
  }

  @Test
  void behindASegmentThatIsGoneOrLostItsEndNothingIsBelieved() throws IOException {
    // Given
    term(7, BASE, 0, 40);
    Path third = folder.resolve(segments().get(2));
    byte[] whole = Files.readAllBytes(third);
    long begins = Long.parseLong(third.getFileName().toString().split("-")[1]);

    // When it is cut off behind a whole line
    int cut =
        new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).trim().lastIndexOf('\n')
            + 1;
    Files.write(third, java.util.Arrays.copyOf(whole, cut));

    // Then
    assertThat(journal.behind(BASE, at(0)).size()).isBetween(begins + 1, begins + 4);
    assertThatThrownBy(() -> journal.lineage(7, at(40)))
        .isInstanceOf(IOException.class)
        .hasMessage("journal %s has %d bytes, %d were written", third, cut, whole.length);

    // And when it is gone
    Files.delete(third);
    assertThat(journal.behind(BASE, at(0))).containsExactlyElementsOf(chunks(0, begins));
    assertThatThrownBy(() -> journal.lineage(7, at(40)))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("what lies between is missing");
  }

  @Test
  void aJournalOfTheFirstFormatIsReadAndGoneOnFrom() throws IOException {
    // Given what the release before wrote
    for (String name : List.of("000000000007.jsonl", "000000000009.jsonl")) {
      Files.copy(Path.of("src/test/resources/journal/format-1", name), folder.resolve(name));
    }
    Optional<CheckpointId> unit = Optional.of(new CheckpointId(7, 5, 2));
    JournalPosition at = new JournalPosition(1, 1);

    // When
    Entries behind = journal.behind(unit, at);
    add(journal.begin(11, unit, at, behind), List.of(chunk(3)));

    // Then
    assertThat(behind.stream().map(JournalEntry::at))
        .containsExactly(at, new JournalPosition(2, 1));
    assertThat(journal.lineage(11, new JournalPosition(9, 9)).stream().map(JournalEntry::records))
        .containsExactly(9, 0, 10, 10, 8);
    assertThat(JournalEntry.firstLabels(journal.lineage(11, at))).contains(List.of("ham", "späm"));
  }

  @Test
  void aJournalOfANewerReleaseIsRefusedWithBothFormats() throws IOException {
    Files.write(
        folder.resolve("000000000007.jsonl"),
        JournalLine.of(new SegmentHead(3, 7, Optional.empty(), at(0), Optional.empty())));

    assertThatThrownBy(() -> journal.behind(BASE, at(0)))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("has format 3, this release reads up to 2: start a newer release");
  }

  @Test
  void whatLiesInFrontOfWhatIsNeededGoesAndTheRestIsReadAsBefore() throws IOException {
    // Given three terms
    term(7, BASE, 0, 20);
    term(9, unit(7), 20, 30);
    term(11, unit(9), 30, 60);

    // When
    BatchJournal.Pruned pruned = journal.prune(11, at(45), 0);

    // Then
    assertThat(pruned.segments()).isPositive();
    assertThat(segments()).allMatch(name -> name.startsWith("000000000011-"));
    assertThat(journal.behind(unit(11), at(45))).containsExactlyElementsOf(chunks(45, 60));
    BatchJournal.Kept kept = journal.kept();
    assertThat(kept.fromBase()).isFalse();
    assertThat(kept.from().chunks()).isBetween(40L, 45L);
    assertThat(kept.entries()).containsExactlyElementsOf(chunks(kept.from().chunks(), 60));

    // And what needs more is told what is there
    assertThat(journal.lineage(unit(9), at(25), 11, at(60))).isEmpty();
    assertThat(journal.behind(unit(9), at(25))).isEmpty();
    assertThat(journal.behind(BASE, at(0))).isEmpty();
    assertThatThrownBy(() -> journal.lineage(11, at(60)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "does not lead from the base to term 11: it begins at chunk %d (0 steps of idle time)",
            kept.from().chunks());
  }

  @Test
  void theNewestBytesAndTheOwnersLastSegmentStayWhateverNeedsThem() throws IOException {
    term(7, BASE, 0, 40);
    long before = journal.bytes();

    assertThat(journal.prune(7, at(1_000), before).segments()).isZero();
    journal.prune(7, at(1_000), before / 2);
    assertThat(journal.bytes()).isBetween(before / 2, before / 2 + 2 * SEGMENT_BYTES);
    journal.prune(7, at(1_000), 0);
    assertThat(segments()).hasSize(1);
  }

  @Test
  void aFencedOwnerPrunesNothingOfWhatItsSuccessorBegan() throws IOException {
    // Given
    term(7, BASE, 0, 40);
    term(9, unit(7), 40, 60);
    List<String> before = segments();

    // When the owner of term 7 thaws
    assertThat(journal.prune(7, at(40), 0).segments()).isZero();

    // Then
    assertThat(segments()).isEqualTo(before);
  }

  @Test
  void aCrashBetweenTwoRemovalsLeavesAJournalThatBeginsLater() throws IOException {
    // Given
    term(7, BASE, 0, 20);
    term(9, unit(7), 20, 40);

    // When the oldest are gone, one after the other
    for (String name : segments().subList(0, segments().size() - 1)) {
      Files.delete(folder.resolve(name));

      // Then
      JournalPosition from = journal.kept().from();
      assertThat(journal.kept().entries()).containsExactlyElementsOf(chunks(from.chunks(), 40));
      assertThat(journal.behind(unit(9), at(39))).containsExactly(chunk(39));
    }
  }

  private List<JournalEntry> untilRolled() throws IOException {
    int full = untilFull();
    term(7, BASE, 0, full + 1);
    return chunks(0, full + 1);
  }

  /** How many entries fill the first segment. */
  private int untilFull() {
    long bytes = JournalLine.of(SegmentHead.first(7, BASE, at(0))).length;
    int entries = 0;
    while (bytes + JournalLine.of(chunk(entries)).length <= SEGMENT_BYTES) {
      bytes += JournalLine.of(chunk(entries)).length;
      entries++;
    }
    return entries;
  }

  private void term(long term, Optional<CheckpointId> from, long first, long end)
      throws IOException {
    add(journal.begin(term, from, at(first), List.of()), chunks(first, end));
  }

  private static void add(BatchJournal.Appender term, List<JournalEntry> entries)
      throws IOException {
    for (JournalEntry entry : entries) {
      term.append(entry);
    }
  }

  private List<String> segments() throws IOException {
    return names().stream().filter(name -> name.matches("\\d+.*\\.jsonl")).sorted(ORDER).toList();
  }

  private static final java.util.Comparator<String> ORDER =
      java.util.Comparator.comparing((String name) -> name.substring(0, 12))
          .thenComparing(name -> name.length() > 20)
          .thenComparing(name -> name);

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static Optional<CheckpointId> unit(long term) {
    return Optional.of(new CheckpointId(term, 5, 1));
  }

  private static JournalPosition at(long chunks) {
    return new JournalPosition(chunks, 0);
  }

  private static List<JournalEntry> chunks(long from, long to) {
    return LongStream.range(from, to).mapToObj(SegmentsTest::chunk).toList();
  }

  private static JournalEntry chunk(long number) {
    return new JournalEntry.Chunk(
        at(number),
        number == 0 ? List.of("ham", "spam") : List.of(),
        List.of(new JournalEntry.Run(new Partition("examples", 0), 8 * number, 8 * number + 8, 8)));
  }
}
