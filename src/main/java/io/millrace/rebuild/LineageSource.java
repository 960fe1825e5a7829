package io.millrace.rebuild;

import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.OutputSpace;
import io.millrace.input.ExampleDecoder;
import io.millrace.intake.ChunkQueue;
import io.millrace.intake.Intake;
import io.millrace.intake.JournalReplayer;
import io.millrace.intake.LabelSetDiscovery;
import io.millrace.intake.RecordLog;
import io.millrace.intake.RecordReader;
import io.millrace.intake.RetriedRecords;
import io.millrace.intake.Work;
import io.millrace.intake.WorkSource;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalEntry;
import io.millrace.learner.StartingModel;
import io.millrace.time.RunClock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The work that a journal's entries name, read from the log again. One thread. */
final class LineageSource implements WorkSource {

  private final Iterator<JournalEntry> entries;
  private final RecordLog log;
  private final RebuildOrigin origin;
  private final ChunkQueue queue;
  private final Intake intake;

  /**
   * @param labels those that the lineage begins with
   * @param start where its first record stands
   * @param log closed by the caller
   * @param origin tells whether the log is the one that the journal is about
   */
  LineageSource(
      PipelineConfig config,
      StartingModel model,
      OutputSpace labels,
      InputPositions start,
      Entries lineage,
      RecordLog log,
      RebuildOrigin origin) {
    this.entries = lineage.iterator();
    this.log = log;
    this.origin = origin;
    this.queue =
        new ChunkQueue(
            Integer.MAX_VALUE,
            Duration.ofDays(1),
            1,
            start,
            new JournalReplayer(lineage),
            RunClock.SYSTEM::nanos);
    this.intake =
        new Intake(
            new RecordReader(
                new RetriedRecords(
                    config.inputs(),
                    new ExampleDecoder(config.example(), config.task()),
                    () -> log,
                    () -> true),
                model.tokenizer(),
                replaced -> {}),
            queue,
            new LabelSetDiscovery(1, 1),
            CompletableFuture.completedFuture(labels),
            config.task(),
            start,
            amendment -> {});
  }

  /**
   * @throws PipelineException where the log no longer holds all records; names which
   */
  @Override
  public Optional<Work> poll() throws InterruptedException {
    if (!entries.hasNext()) {
      return Optional.empty();
    }
    if (entries.next() instanceof JournalEntry.Chunk chunk) {
      for (JournalEntry.Run run : chunk.runs()) {
        intake.receive(read(run));
      }
    }
    return Optional.of(queue.poll().orElseThrow());
  }

  /** The journal has the idle time, too. */
  @Override
  public boolean isRepeating() {
    return true;
  }

  private List<InboundRecord> read(JournalEntry.Run run) throws InterruptedException {
    origin.requirePresent(run);
    List<InboundRecord> records = log.read(run.partition(), run.from(), run.to());
    if (records.size() != run.records()) {
      throw new PipelineException(
          "%s no longer holds all records from offset %d to %d: %d of %d are left, so the version cannot be rebuilt"
              .formatted(run.partition(), run.from(), run.to(), records.size(), run.records()));
    }
    return records;
  }
}
