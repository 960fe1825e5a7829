package io.millrace.run;

import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.Stores;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.config.PipelineConfig;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.identity.StoreIdentity;
import io.millrace.identity.TermRecords;
import io.millrace.intake.InputProgress;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.learner.StartingModel;
import io.millrace.model.BaseModels;
import io.millrace.optim.TrainingSettings;
import io.millrace.report.OperatorLog;
import io.millrace.report.StatusBoard;
import io.millrace.step.CandidateModel;
import io.millrace.step.FineTuner;
import io.millrace.storage.Json;
import io.millrace.testing.Labels;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The service's own loop, from a record's bytes to a checkpoint, on records from memory instead of
 * Kafka.
 */
public final class LearningRun {

  private static final int POLL = 256; // records handed over at once, as a consumer's poll

  private final Map<String, String> settings;
  private final LabelSet labels;
  private final Path folder;

  /**
   * @param settings {@code millrace.*}, without that prefix
   * @param folder takes the checkpoint
   */
  public LearningRun(Map<String, String> settings, LabelSet labels, Path folder) {
    this.settings = new HashMap<>(settings);
    this.settings.put("labels.names", String.join(",", labels.names()));
    this.settings.put("checkpoint.every", "1h");
    this.settings.put("checkpoint.keep", "1");
    this.labels = labels;
    this.folder = folder;
  }

  /** Trains on each row once, in this order; how long that took, seconds. */
  public double train(List<JsonNode> rows) throws IOException, InterruptedException {
    StatusBoard board = new StatusBoard("learning", "embedded", "cpu");
    PipelineConfig config = PipelineConfigs.of(settings);
    MemoryBroker broker = new MemoryBroker();
    VersionStore versions = new FolderVersionStore(folder.resolve("versions"));
    try (Trainer trainer =
        new Trainer(
            config,
            new Stores(
                store(),
                new VersionCheckpoints(
                    FolderCheckpointStore.ofAll(folder.resolve("restore-points")), versions, 2),
                new FolderBatchJournal(folder.resolve("journal")),
                versions,
                new StoreIdentity(folder),
                new TermRecords(folder.resolve("terms"))),
            new Sinks(
                List.of(new OperatorLog(100, board)),
                InputProgress.COMPLETE,
                version -> {},
                letter -> {},
                amendment -> {},
                Optional.empty(),
                () -> new ListedLog(List.of())),
            broker,
            StartingModel.load(config),
            board)) {
      trainer.takeOver(1);
      long start = System.nanoTime();
      for (int from = 0; from < rows.size(); from += POLL) {
        trainer.receive(1, records(rows, from, Math.min(rows.size(), from + POLL)));
      }
      await()
          .atMost(Duration.ofHours(1))
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> board.failure().isPresent() || board.status().examplesTrained() == rows.size());
      double seconds = (System.nanoTime() - start) / 1e9;
      board.failure().ifPresent(AssertionError::new);
      trainer.stop(Duration.ofMinutes(2));
      if (!broker.letters().isEmpty()) {
        throw new AssertionError("refused: " + broker.letters().get(0).detail());
      }
      return seconds;
    }
  }

  /** The share of rows that what the last checkpoint would publish classifies correctly. */
  public double accuracy(List<JsonNode> rows) throws IOException {
    Checkpoint checkpoint = store().newest().orElseThrow().checkpoint();
    PipelineConfig config = PipelineConfigs.of(settings);
    var base = BaseModels.load(config.model().base()).with(config.model().pooling());
    TrainingSettings training = config.training();
    int length = config.tokenize().maxLength();
    try (TextTokenizer tokenizer = TextTokenizer.fromJson(base.tokenizerJson(), length);
        FineTuner tuner =
            FineTuner.restore(
                base.architecture(),
                CheckpointParts.tunerState(checkpoint),
                training,
                Device.cpu(),
                Labels.TASK);
        var candidate = CandidateModel.of(tuner)) {
      List<HeldOutExample> examples = new ArrayList<>();
      for (JsonNode row : rows) {
        examples.add(
            new HeldOutExample(
                "test" + examples.size(),
                tokenizer.tokenize(row.get("text").asText(), Optional.empty()),
                new Target.Label(labels.indexOf(row.get("label").asText()).orElseThrow()),
                Instant.EPOCH,
                new RecordPosition("test", 0, examples.size()),
                Optional.empty()));
      }
      return new HeldOutEvaluator(Labels.TASK, 64, () -> labels)
          .evaluate(examples, candidate.model()::logits)
          .accuracy();
    }
  }

  private FolderCheckpointStore store() throws IOException {
    return new FolderCheckpointStore(folder.resolve("checkpoints"), 1);
  }

  private static List<InboundRecord> records(List<JsonNode> rows, int from, int to)
      throws IOException {
    List<InboundRecord> records = new ArrayList<>();
    for (int offset = from; offset < to; offset++) {
      records.add(
          new InboundRecord(
              new RecordPosition("millrace.examples", 0, offset),
              null,
              Json.MAPPER.writeValueAsBytes(rows.get(offset)),
              List.of(),
              0));
    }
    return records;
  }
}
