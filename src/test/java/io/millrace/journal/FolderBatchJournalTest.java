package io.millrace.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.example.Partition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderBatchJournalTest {

  private static final Optional<CheckpointId> BASE = Optional.empty();

  @TempDir private Path folder;

  private FolderBatchJournal journal;

  @BeforeEach
  void open() throws IOException {
    journal = new FolderBatchJournal(folder);
  }

  @Test
  void whatWasAddedBehindAUnitIsReadBackInOrder() throws IOException {
    // Given
    JournalEntry idle = new JournalEntry.Idle(new JournalPosition(3, 0), 16);
    JournalEntry behindIdle = chunk(3, 2, 30);
    BatchJournal.Appender term = journal.begin(7, BASE, JournalPosition.START, List.of());
    add(term, chunk(0, 0, 0), chunk(1, 0, 10), chunk(2, 0, 20), idle, behindIdle);

    // When
    Entries behind =
        new FolderBatchJournal(folder)
            .behind(Optional.of(new CheckpointId(7, 12, 1)), new JournalPosition(2, 0));

    // Then
    assertThat(behind).containsExactly(chunk(2, 0, 20), idle, behindIdle);
    assertThat(journal.behind(BASE, JournalPosition.START)).hasSize(5);
    assertThat(journal.behind(Optional.of(new CheckpointId(7, 12, 2)), new JournalPosition(3, 2)))
        .containsExactly(behindIdle);
  }

  @Test
  void aFolderWithoutATermHasNothingToRepeat() throws IOException {
    assertThat(journal.behind(BASE, JournalPosition.START)).isEmpty();
  }

  @Test
  void aLastLineThatWasCutOffAnywhereIsNoEntryAndTheNextTermRepeatsTheOthers() throws IOException {
    // Given
    add(journal.begin(7, BASE, JournalPosition.START, List.of()), chunk(0, 0, 0), chunk(1, 0, 10));
    Path file = folder.resolve("000000000007.jsonl");
    byte[] whole = Files.readAllBytes(file);
    int last = new String(whole, StandardCharsets.UTF_8).trim().lastIndexOf('\n') + 1;

    for (int length = last; length < whole.length; length++) {
      // When
      Files.write(file, java.util.Arrays.copyOf(whole, length));

      // Then
      assertThat(journal.behind(BASE, JournalPosition.START))
          .as("cut off at byte %d", length)
          .containsExactly(chunk(0, 0, 0));
    }
  }

  @Test
  void behindADamagedLineNothingIsBelievedAndALineageIsRefusedWithItsPlace() throws IOException {
    // Given a flipped bit in the second of three entries
    add(
        journal.begin(7, BASE, JournalPosition.START, List.of()),
        chunk(0, 0, 0),
        chunk(1, 0, 10),
        chunk(2, 0, 20));
    Path file = folder.resolve("000000000007.jsonl");
    List<String> lines = Files.readAllLines(file);
    lines.set(2, lines.get(2).replace("\"from\":10", "\"from\":11"));
    Files.write(file, lines);

    // Then
    assertThat(journal.behind(BASE, JournalPosition.START)).containsExactly(chunk(0, 0, 0));
    assertThatThrownBy(() -> journal.lineage(7, new JournalPosition(3, 0)))
        .isInstanceOf(IOException.class)
        .hasMessage("journal %s is damaged in line 3", file);
  }

  @Test
  void whatAFencedOwnerStillWritesIsNotReadOnceTheNextTermHasBegun() throws IOException {
    // Given an owner, and its successor from the same unit, which repeats one chunk
    Optional<CheckpointId> unit = Optional.of(new CheckpointId(7, 5, 1));
    BatchJournal.Appender zombie = journal.begin(7, BASE, JournalPosition.START, List.of());
    zombie.append(chunk(0, 0, 0));
    zombie.append(chunk(1, 0, 10));
    Entries repeated = journal.behind(unit, new JournalPosition(1, 0));
    BatchJournal.Appender successor = journal.begin(9, unit, new JournalPosition(1, 0), repeated);

    // When both go on
    zombie.append(chunk(2, 0, 20));
    successor.append(chunk(2, 0, 99));

    // Then
    assertThat(journal.behind(unit, new JournalPosition(1, 0)))
        .containsExactly(chunk(1, 0, 10), chunk(2, 0, 99));
    assertThat(journal.lineage(9, new JournalPosition(3, 0)))
        .containsExactly(chunk(0, 0, 0), chunk(1, 0, 10), chunk(2, 0, 99));
    assertThat(journal.lineage(7, new JournalPosition(3, 0)))
        .containsExactly(chunk(0, 0, 0), chunk(1, 0, 10), chunk(2, 0, 20));
  }

  @Test
  void aUnitThatAFencedOwnerStillSavedIsFollowedByWhatThatOwnerTrained() throws IOException {
    // Given a successor without a unit of its own, and a later unit of the owner before
    BatchJournal.Appender zombie = journal.begin(7, BASE, JournalPosition.START, List.of());
    add(zombie, chunk(0, 0, 0), chunk(1, 0, 10), chunk(2, 0, 20));
    add(journal.begin(9, BASE, JournalPosition.START, List.of(chunk(0, 0, 0))), chunk(1, 0, 99));

    // Then
    assertThat(journal.behind(Optional.of(new CheckpointId(7, 9, 1)), new JournalPosition(2, 0)))
        .containsExactly(chunk(2, 0, 20));
  }

  @Test
  void withTheUnitOfTheNewestTermDamagedTheOneBeforeIsFollowedByBothTerms() throws IOException {
    // Given
    Optional<CheckpointId> damaged = Optional.of(new CheckpointId(7, 5, 2));
    add(
        journal.begin(7, BASE, JournalPosition.START, List.of()),
        chunk(0, 0, 0),
        chunk(1, 0, 10),
        chunk(2, 0, 20));
    add(
        journal.begin(9, damaged, new JournalPosition(2, 0), List.of(chunk(2, 0, 20))),
        chunk(3, 0, 30));

    // Then
    assertThat(journal.behind(Optional.of(new CheckpointId(7, 3, 1)), new JournalPosition(1, 0)))
        .containsExactly(chunk(1, 0, 10), chunk(2, 0, 20), chunk(3, 0, 30));
  }

  @Test
  void aLineageWithoutItsFirstTermIsRefused() throws IOException {
    Optional<CheckpointId> unit = Optional.of(new CheckpointId(7, 5, 2));
    add(journal.begin(9, unit, new JournalPosition(2, 0), List.of()), chunk(2, 0, 20));

    assertThatThrownBy(() -> journal.lineage(9, new JournalPosition(3, 0)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not lead from the base to term 9");
    assertThat(journal.behind(unit, new JournalPosition(2, 0))).containsExactly(chunk(2, 0, 20));
  }

  @Test
  void anEntryReplacesWhatAnAttemptThatFailedLeftBehind() throws IOException {
    // Given half a line, as a full disk leaves one
    BatchJournal.Appender term = journal.begin(7, BASE, JournalPosition.START, List.of());
    term.append(chunk(0, 0, 0));
    Files.writeString(
        folder.resolve("000000000007.jsonl"), "0123abcd{\"type\"", StandardOpenOption.APPEND);

    // When
    term.append(chunk(1, 0, 10));

    // Then
    assertThat(journal.lineage(7, new JournalPosition(2, 0)))
        .containsExactly(chunk(0, 0, 0), chunk(1, 0, 10));
  }

  @Test
  void aTermOfAMonthIsReadInItsOrder() throws IOException {
    List<JournalEntry> month =
        LongStream.range(0, 20_000).mapToObj(n -> (JournalEntry) chunk(n, 0, 10 * n)).toList();
    journal.begin(7, BASE, JournalPosition.START, month).close();

    assertThat(journal.lineage(7, new JournalPosition(20_000, 0))).containsExactlyElementsOf(month);
  }

  private static JournalEntry chunk(long number, long idleSteps, long from) {
    return new JournalEntry.Chunk(
        new JournalPosition(number, idleSteps),
        number == 0 ? List.of("ham", "spam") : List.of(),
        List.of(
            new JournalEntry.Run(new Partition("examples", 0), from, from + 9, 8),
            new JournalEntry.Run(new Partition("heldout", 0), from, from + 1, 1)));
  }

  private static void add(BatchJournal.Appender term, JournalEntry... entries) throws IOException {
    try (term) {
      for (JournalEntry entry : entries) {
        term.append(entry);
      }
    }
  }
}
