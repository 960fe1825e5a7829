package io.millrace.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.PipelineException;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Examples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the queue makes of a journal. */
class JournalReplayerTest {

  private static final JournalEntry FIRST =
      new JournalEntry.Chunk(
          new JournalPosition(4, 0),
          List.of(),
          List.of(
              run(new Partition("examples", 0), 10, 13, 3),
              run(new Partition("heldout", 0), 5, 6, 1),
              run(new Partition("examples", 0), 13, 14, 1)));

  private static final JournalEntry IDLE = new JournalEntry.Idle(new JournalPosition(5, 0), 16);

  private static final JournalEntry SECOND =
      new JournalEntry.Chunk(
          new JournalPosition(5, 1),
          List.of(),
          List.of(run(new Partition("examples", 0), 14, 16, 2)));

  @Test
  void chunksAreFormedAsTheyWereWhicheverPartitionIsDeliveredFirst() throws Exception {
    // Given
    ChunkQueue queue = queue(List.of(FIRST, IDLE, SECOND));

    // When all of one partition comes before the other's, and more than was trained on
    add(queue, "examples", 10, 18);
    assertThat(queue.poll()).isEmpty();
    assertThat(queue.isRepeating()).isTrue();
    add(queue, "heldout", 5, 7);

    // Then
    Chunk first = (Chunk) queue.poll().orElseThrow();
    assertThat(offsets(first))
        .containsExactly("examples 10", "examples 11", "examples 12", "heldout 5", "examples 13");
    assertThat(first.closedBy()).isEqualTo(Chunk.CloseReason.REPEATED);
    assertThat(first.end().of("examples", 0)).hasValue(14);
    assertThat(first.end().of("heldout", 0)).hasValue(6);
    assertThat(queue.poll()).contains(new Work.IdleReplay(16, true));
    Chunk second = (Chunk) queue.poll().orElseThrow();
    assertThat(offsets(second)).containsExactly("examples 14", "examples 15");

    // And what came beyond goes its usual way
    assertThat(queue.isRepeating()).isFalse();
    Chunk next = (Chunk) queue.poll().orElseThrow();
    assertThat(offsets(next)).containsExactlyInAnyOrder("examples 16", "examples 17", "heldout 6");
    assertThat(next.isRepeated()).isFalse();
  }

  @Test
  void idleStepsInFrontOfAllNeedNoRecord() throws Exception {
    ChunkQueue queue = queue(List.of(IDLE));

    assertThat(queue.poll()).contains(new Work.IdleReplay(16, true));
    assertThat(queue.isRepeating()).isFalse();
  }

  @Test
  void recordsThatTheLogNoLongerHasAreNamedAndTheOthersTrained() throws Exception {
    // Given
    ChunkQueue queue = queue(List.of(FIRST));
    add(queue, "heldout", 5, 6);

    // When
    List<String> log;
    try (CapturedLog captured = CapturedLog.of(JournalReplayer.class)) {
      add(queue, "examples", 10, 11);
      add(queue, "examples", 12, 14);
      log = captured.lines();
    }

    // Then
    Chunk chunk = (Chunk) queue.poll().orElseThrow();
    assertThat(offsets(chunk))
        .containsExactly("examples 10", "examples 12", "heldout 5", "examples 13");
    assertThat(log)
        .containsExactly(
            "WARN 1 of the 3 records of examples-0 from offset 10 to 13 that were trained on before the"
                + " restart are no longer in the log: chunk 4 is trained on without them");
  }

  @Test
  void aPartitionThatDeliversNothingEndsTheWaitWithItsName() throws Exception {
    ChunkQueue queue = queue(List.of(FIRST));

    assertThatThrownBy(() -> add(queue, "examples", 10, 60_000))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("[heldout-0 from offset 5 to 6] are not delivered");
  }

  private static ChunkQueue queue(List<JournalEntry> entries) {
    return new ChunkQueue(
        100,
        Duration.ZERO,
        10,
        InputPositions.START
            .with(new Partition("examples", 0), 10)
            .with(new Partition("heldout", 0), 5),
        new JournalReplayer(entries),
        System::nanoTime);
  }

  private static JournalEntry.Run run(Partition partition, long from, long to, int records) {
    return new JournalEntry.Run(partition, from, to, records);
  }

  private static List<String> offsets(Chunk chunk) {
    List<String> offsets = new ArrayList<>();
    for (IntakeItem arrival : chunk.arrivals()) {
      RecordPosition position = arrival.record().position();
      offsets.add(position.topic() + " " + position.offset());
    }
    return offsets;
  }

  private static void add(ChunkQueue queue, String topic, long from, long to)
      throws InterruptedException {
    for (long offset : LongStream.range(from, to).toArray()) {
      queue.add(
          new IntakeItem.ToTrain(
              Examples.record(topic, offset, "{}"), Examples.example(offset, 4, 0)));
    }
  }
}
