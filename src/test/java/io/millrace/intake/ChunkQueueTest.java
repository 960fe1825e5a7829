package io.millrace.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.testing.Examples;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChunkQueueTest {

  private final AtomicLong now = new AtomicLong();
  private final ChunkQueue queue =
      new ChunkQueue(
          3,
          Duration.ofSeconds(5),
          1,
          InputPositions.START,
          new JournalReplayer(List.of()),
          now::get);

  @Test
  void aFullChunkIsConsecutiveAndItsEndIsTheNextOffset() throws InterruptedException {
    // Given a gap at offset 1, as a transaction marker leaves one
    add(0);
    add(2);
    assertThat(queue.poll()).isEmpty();
    add(3);

    Chunk chunk = chunk(queue.poll());

    assertThat(chunk.closedBy()).isEqualTo(Chunk.CloseReason.FULL);
    assertThat(chunk.arrivals()).hasSize(3);
    assertThat(chunk.end().of("examples", 0)).hasValue(4);
  }

  @Test
  void aChunkOfLargeRecordsClosesByTheirBytesSoThatTheQueueIsBoundedByMemoryToo()
      throws InterruptedException {
    // Given a queue of chunks of a hundred
    ChunkQueue many =
        new ChunkQueue(
            100,
            Duration.ofSeconds(5),
            9,
            InputPositions.START,
            new JournalReplayer(List.of()),
            now::get);
    byte[] half = new byte[(int) ChunkQueue.MAX_CHUNK_BYTES / 2];

    // When
    for (int offset = 0; offset < 3; offset++) {
      many.add(
          new IntakeItem.ToRefuse(
              new DeadLetter(
                  new InboundRecord(
                      new RecordPosition("examples", 0, offset), null, half, List.of(), 0),
                  DeadLetter.Reason.UNDECODABLE,
                  "no JSON")));
    }

    // Then
    assertThat(chunk(many.poll()).arrivals()).hasSize(2);
    assertThat(many.poll()).isEmpty();
  }

  @Test
  void anOpenChunkIsTakenWhenItHasWaitedItsTime() throws InterruptedException {
    add(0);
    now.set(Duration.ofSeconds(4).toNanos());
    assertThat(queue.poll()).isEmpty();

    now.set(Duration.ofSeconds(5).toNanos());
    Chunk chunk = chunk(queue.poll());

    assertThat(chunk.closedBy()).isEqualTo(Chunk.CloseReason.WAITED);
  }

  @Test
  void aFullQueueBlocksIntakeUntilAChunkIsTaken() throws InterruptedException {
    // Given
    AtomicInteger added = new AtomicInteger();
    Thread intake =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 6; i++) {
                  add(i);
                  added.incrementAndGet();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    // When
    intake.start();
    await().until(() -> intake.getState() == Thread.State.WAITING);

    // Then
    assertThat(added).hasValue(3);
    assertThat(queue.poll()).isPresent();
    await().untilAtomic(added, org.hamcrest.Matchers.is(6));
    assertThat(chunk(queue.poll()).end().of("examples", 0)).hasValue(6);
    intake.join();
  }

  @Test
  void theEndReleasesAnIntakeThatIsBlocked() throws InterruptedException {
    // Given a full queue and an intake that waits for room
    for (int i = 0; i < 3; i++) {
      add(i);
    }
    CompletableFuture<Void> blocked = new CompletableFuture<>();
    Thread intake =
        new Thread(
            () -> {
              try {
                add(3);
                blocked.complete(null);
              } catch (InterruptedException | RuntimeException e) {
                blocked.completeExceptionally(e);
              }
            });
    intake.start();
    await().until(() -> intake.getState() == Thread.State.WAITING);

    // When
    queue.end();

    // Then
    assertThat(blocked)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableOfType(CancellationException.class);
    assertThat(chunk(queue.poll()).end().of("examples", 0)).hasValue(3);
    intake.join();
  }

  private static Chunk chunk(Optional<Work> work) {
    return (Chunk) work.orElseThrow();
  }

  private void add(long offset) throws InterruptedException {
    queue.add(
        new IntakeItem.ToTrain(
            Examples.record("examples", offset, "{}"), Examples.example(offset, 4, 0)));
  }
}
