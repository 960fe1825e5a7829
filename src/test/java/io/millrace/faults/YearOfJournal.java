package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.example.Partition;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.Entries;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A year at 100 examples a second in one term, of which nothing was pruned: a take-over, and a year
 * of the release before, in a single file. Run with {@code -Xmx100m} or more; written without a
 * sync for each entry, else it would take a year's worth of them.
 */
class YearOfJournal {

  private static final long CHUNKS = 365L * 24 * 3_600 * 100 / 128;
  private static final long SEGMENT_BYTES = 4 << 20;
  private static final int TERM = 7;

  @TempDir private Path folder;

  @Test
  void aTakeOverBehindAYearIsQuickAndReadsOnlyItsEnd() throws Exception {
    // Given
    write(SEGMENT_BYTES);
    JournalPosition at = new JournalPosition(CHUNKS - 47, 0); // a checkpoint of a minute ago
    long heapBefore = used();
    long start = System.nanoTime();

    // When
    FolderBatchJournal journal = new FolderBatchJournal(folder);
    Optional<CheckpointId> unit = Optional.of(new CheckpointId(TERM, 1, 1));
    Entries behind = journal.behind(unit, at);
    try (BatchJournal.Appender next = journal.begin(9, unit, at, behind)) {
      next.append(chunk(CHUNKS));
    }
    Entries repeated = journal.behind(unit, at);
    double seconds = (System.nanoTime() - start) / 1e9;
    long heap = used() - heapBefore;

    // Then
    System.out.printf(
        Locale.ROOT,
        "a year of journal, %.1f GB: take-over in %.2f s, %.1f MB of heap%n",
        journal.bytes() / 1e9,
        seconds,
        heap / 1e6);
    assertThat(repeated.size()).isEqualTo(48);
    assertThat(seconds).isLessThan(10);
    assertThat(heap).isLessThan(100_000_000);
  }

  @Test
  void allOfAQuarterOfTheReleaseBeforeIsReadInBoundedMemory() throws Exception {
    // Given one file, as that release wrote it
    write(Long.MAX_VALUE);
    FolderBatchJournal journal = new FolderBatchJournal(folder);
    long most = 0;
    long entries = 0;

    // When
    long heapBefore = used();
    for (Iterator<JournalEntry> all = journal.kept().entries().iterator(); all.hasNext(); ) {
      all.next();
      if (++entries % 1_000_000 == 0) {
        most = Math.max(most, used() - heapBefore);
      }
    }

    // Then
    System.out.printf("%d entries of one file: %.1f MB of heap%n", entries, most / 1e6);
    assertThat(entries).isEqualTo(CHUNKS / 4);
    assertThat(most).isLessThan(100_000_000);
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Segments as the journal's own, with their names; of one segment a quarter, in format 1. */
  private void write(long segmentBytes) throws IOException {
    boolean isOne = segmentBytes == Long.MAX_VALUE;
    long chunks = isOne ? CHUNKS / 4 : CHUNKS;
    long from = 0;
    long before = -1;
    long beforeBytes = 0;
    for (long chunk = 0; chunk < chunks; ) {
      Path file =
          folder.resolve(
              from == 0
                  ? "%012d.jsonl".formatted(TERM)
                  : "%012d-%012d-%012d.jsonl".formatted(TERM, from, 0));
      long bytes = 0;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
        String link =
            before < 0
                ? "null"
                : "{\"from\":{\"chunks\":%d,\"idleSteps\":0},\"bytes\":%d}"
                    .formatted(before, beforeBytes);
        bytes +=
            line(
                out,
                "{\"format\":%d,\"term\":%d,\"unit\":null,\"at\":{\"chunks\":0,\"idleSteps\":0}"
                        .formatted(isOne ? 1 : 2, TERM)
                    + (isOne ? "}" : ",\"before\":" + link + "}"));
        while (chunk < chunks && bytes < segmentBytes) {
          bytes +=
              line(
                  out,
                  "{\"type\":\"chunk\",\"at\":{\"chunks\":"
                      + chunk
                      + ",\"idleSteps\":0},\"labels\":[],\"runs\":[{\"partition\":\"millrace.examples-0\",\"from\":"
                      + 128 * chunk
                      + ",\"to\":"
                      + (128 * chunk + 128)
                      + ",\"records\":128}],\"skipped\":[],\"forgotten\":[]}");
          chunk++;
        }
      }
      before = from;
      beforeBytes = bytes;
      from = chunk;
    }
  }

  private static int line(OutputStream out, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.US_ASCII);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    String checksum = Long.toHexString(0x1_0000_0000L | crc.getValue()).substring(1);
    out.write(checksum.getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.write('\n');
    return checksum.length() + bytes.length + 1;
  }

  private static JournalEntry chunk(long number) {
    return new JournalEntry.Chunk(
        new JournalPosition(number, 0),
        List.of(),
        List.of(
            new JournalEntry.Run(
                new Partition("millrace.examples", 0), 128 * number, 128 * number + 128, 128)));
  }
}
