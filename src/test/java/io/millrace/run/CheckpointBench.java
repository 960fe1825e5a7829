package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.Checkpointer;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.RunState;
import io.millrace.commit.WriteAheadLog;
import io.millrace.config.PipelineConfig;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.example.LabelSet;
import io.millrace.example.Partition;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.journal.JournalPosition;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerFactory;
import io.millrace.learner.StartingModel;
import io.millrace.storage.Json;
import io.millrace.testing.Examples;
import io.millrace.time.RunClock;
import io.millrace.tokenize.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a commit unit every 30 s costs the training of MiniLM, on the disk at hand: half a minute of
 * training with one beside half a minute without, in turns. Run by {@code ./mvnw -Pbench verify};
 * also in {@code target/bench/checkpoint.json}.
 */
class CheckpointBench {

  private static final Duration SEGMENT = Duration.ofSeconds(30);
  private static final int PAIRS = Integer.getInteger("millrace.bench.checkpoint.pairs", 5);
  private static final int CHUNK = 64;
  private static final int TOKENS = 32;

  @TempDir private Path folder;

  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final List<Double> stalls = new ArrayList<>();
  private final List<Double> appends = new ArrayList<>();
  private Learner learner;
  private CommitSchedule commits;
  private WriteAheadLog journal;
  private long offset;

  @Test
  void aUnitEveryHalfMinute() throws Exception {
    PipelineConfig config =
        PipelineConfigs.of(
            Map.of(
                "model.base", "embedded:all-minilm-l6-v2", "labels.names", "a,b", "device", "cpu"));
    try (StartingModel model = StartingModel.load(config)) {
      open(new LearnerFactory(config, model, RunClock.SYSTEM));
      segment(false); // the JVM warms up
      double[] ratios = new double[PAIRS];
      for (int pair = 0; pair < PAIRS; pair++) {
        boolean first = pair % 2 == 0;
        double one = segment(first);
        double other = segment(!first);
        ratios[pair] = first ? one / other : other / one;
      }
      report(ratios);
      learner.close();
      journal.close();
    } finally {
      writer.shutdown();
    }
  }

  private void open(LearnerFactory factory) throws IOException {
    learner = factory.learner(new LabelSet(List.of("a", "b")), Optional.empty(), letter -> {});
    BatchJournal batches = new FolderBatchJournal(folder.resolve("journal"));
    journal =
        new WriteAheadLog(batches.begin(1, Optional.empty(), JournalPosition.START, List.of()));
    OutboxBuffer outgoing = new OutboxBuffer(0, SentDeadLetters.NONE);
    RunState run = new RunState(OwnerState.START);
    Checkpointer checkpointer =
        new Checkpointer(
            new FolderCheckpointStore(folder.resolve("checkpoints"), 3),
            new MemoryBroker().claim(0),
            Duration.ZERO,
            outgoing,
            run,
            new CommitState(CommitState.Mark.of(learner), Optional.empty(), Optional.empty()),
            writer,
            outbox -> {},
            System::nanoTime);
    commits = new CommitSchedule(learner, outgoing, run, checkpointer);
  }

  /** Examples a second over half a minute. */
  private double segment(boolean withUnit) throws Exception {
    long start = System.nanoTime();
    long examples = 0;
    while (System.nanoTime() - start < SEGMENT.toNanos()) {
      Chunk chunk = chunk();
      long before = System.nanoTime();
      assertThat(journal.append(WorkEntries.of(chunk, learner.progress(), RunIdentity.NONE)))
          .isTrue();
      appends.add((System.nanoTime() - before) / 1e6);
      Passes.train(learner, chunk, step -> {});
      if (withUnit && examples == 0) {
        before = System.nanoTime();
        commits.commitIfDue();
        stalls.add((System.nanoTime() - before) / 1e6);
      }
      examples += CHUNK;
    }
    return examples / ((System.nanoTime() - start) / 1e9);
  }

  private Chunk chunk() {
    List<IntakeItem> arrivals = new ArrayList<>();
    for (int i = 0; i < CHUNK; i++) {
      TokenizedExample example = Examples.example(offset, TOKENS, i % 2);
      arrivals.add(new IntakeItem.ToTrain(Examples.record("examples", offset, "{}"), example));
      offset++;
    }
    return new Chunk(
        arrivals,
        new InputPositions(Map.of(new Partition("examples", 0), offset)),
        Chunk.CloseReason.FULL);
  }

  private void report(double[] ratios) throws IOException {
    double[] sorted = ratios.clone();
    Arrays.sort(sorted);
    double speed = sorted[sorted.length / 2];
    Map<String, Object> result =
        Map.of(
            "speedWithUnitEvery30s",
            speed,
            "low",
            sorted[0],
            "high",
            sorted[sorted.length - 1],
            "pairs",
            PAIRS,
            "stallMillis",
            median(stalls),
            "journalAppendMillis",
            median(appends));
    Path file = Files.createDirectories(Path.of("target/bench")).resolve("checkpoint.json");
    Json.MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), result);
    System.out.printf(
        Locale.ROOT,
        "a unit every 30 s: %.3f of the speed without [%.3f, %.3f] (%d pairs), %.0f ms of stall each; %.1f ms for each journal entry%n",
        speed,
        sorted[0],
        sorted[sorted.length - 1],
        PAIRS,
        median(stalls),
        median(appends));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
