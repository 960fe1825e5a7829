package io.millrace.run;

import static org.awaitility.Awaitility.await;

import io.millrace.commit.Ownership;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.example.InputPositions;
import io.millrace.intake.InputProgress;
import io.millrace.learner.StartingModel;
import io.millrace.report.StatusBoard;
import io.millrace.testing.TinyBase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes the small store of a release that is kept under {@code src/test/resources/stores}: run its
 * {@link #main} with the folder to fill, once for each format, before the format changes.
 */
public final class StoreOfARelease {

  public static final int RECORDS = 24;
  private static final Duration SOON = Duration.ofMinutes(1);

  private StoreOfARelease() {}

  /**
   * @param arguments the folder to fill
   */
  public static void main(String[] arguments) throws Exception {
    write(Path.of(arguments[0]));
    System.exit(0);
  }

  /** The settings that it was trained with, on a base of its own. */
  public static Map<String, String> settings(Path folder) {
    return Map.ofEntries(
        Map.entry("model.base", folder.resolve("base").toString()),
        Map.entry("store", folder.resolve("store").toString()),
        Map.entry("model.name", "kept"),
        Map.entry("device", "cpu"),
        Map.entry("labels.names", "low,high"),
        Map.entry("batch.chunk-examples", "8"),
        Map.entry("checkpoint.every", "0s"),
        Map.entry("checkpoint.keep", "1"),
        Map.entry("training.learning-rate", "0.01"),
        Map.entry("training.warmup-steps", "0"),
        Map.entry("evaluation.every-examples", "8"),
        Map.entry("evaluation.max-share", "1"),
        Map.entry("publication.score", "log-loss"),
        Map.entry("publication.freshness", "0s"),
        Map.entry("publication.margin", "100"),
        Map.entry("publication.min-examples", "2"),
        Map.entry("publication.max-golden-loss", "1"),
        Map.entry("publication.max-recall-loss", "1"),
        Map.entry("publication.min-held-out-per-label", "2"));
  }

  public static void write(Path folder) throws Exception {
    Files.createDirectories(folder);
    TinyBase.write(folder.resolve("base"));
    PipelineConfig config = PipelineConfigs.of(settings(folder));
    MemoryBroker broker = new MemoryBroker();
    StatusBoard board = new StatusBoard("kept", "tiny", "cpu");
    try (Trainer trainer = trainer(config, broker, board)) {
      trainer.takeOver(1);
      trainer.receive(1, TinyService.heldOut(0, 4));
      trainer.receive(1, TinyService.records(0, RECORDS));
      await()
          .atMost(SOON)
          .until(() -> !broker.versions().isEmpty() && board.status().examplesTrained() == RECORDS);
      trainer.stop(SOON);
    }
  }

  public static Trainer trainer(PipelineConfig config, Ownership.Claims broker, StatusBoard board)
      throws Exception {
    return trainer(config, Stores.of(config), broker, board);
  }

  private static Trainer trainer(
      PipelineConfig config, Stores stores, Ownership.Claims broker, StatusBoard board)
      throws Exception {
    return new Trainer(
        config,
        stores,
        new Sinks(
            List.of(),
            new NothingMissing(),
            version -> {},
            letter -> {},
            amendment -> {},
            Optional.empty(),
            () -> new ListedLog(List.of())),
        broker,
        StartingModel.load(config),
        board);
  }

  public static Trainer trainer(
      PipelineConfig config, Ownership.Claims broker, StatusBoard board, TinyService service)
      throws Exception {
    return trainer(config, service.stores(), broker, board);
  }

  private static final class NothingMissing implements InputProgress {

    @Override
    public OptionalLong lag(InputPositions positions) {
      return OptionalLong.empty();
    }

    @Override
    public Optional<String> missing(InputPositions positions) {
      return Optional.empty();
    }

    @Override
    public void rejoin() {}
  }
}
