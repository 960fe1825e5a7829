package io.millrace.run;

import static io.millrace.run.TinyService.named;
import static io.millrace.run.TinyService.retraction;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.intake.InputProgress;
import io.millrace.learner.StartingModel;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.report.StatusBoard;
import io.millrace.storage.Json;
import io.millrace.testing.BertTensors;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBase;
import io.millrace.torch.TorchRuntime;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Writes the store of format 2 that is kept under {@code src/test/resources/stores/format-2}. It
 * has what a store may have: labels learned and grown, corrections and retractions, a dead letter,
 * averaged weights, versions, a roll-back whose retracted example is still to be forgotten, and a
 * journal that goes on after the last checkpoint. Its owner was lost; {@code end} has the end that
 * the same release reached when it went on from a copy.
 *
 * <p>Run {@link #main} with the folder to fill, once, before the format changes.
 */
public final class StoreOfFormat2 {

  /** Where the roll-back's checkpoint reads on. */
  public static final long LAST_CHECKPOINT = 28;

  /** Where the journal of the lost owner ends. */
  public static final long JOURNALED = 44;

  /** Where the end is. */
  public static final long END = 60;

  /** Parts of the end that do not depend on time. */
  public static final List<String> COMPARED =
      List.of(
          "progress",
          "held-out",
          "golden-set",
          "prequential",
          "drift",
          "replay",
          "step-history",
          "lazy-rows",
          "last-version",
          "standing");

  private static final Duration SOON = Duration.ofMinutes(1);

  private StoreOfFormat2() {}

  /**
   * @param arguments the folder to fill
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    writeBase(folder.resolve("base"));
    trainAndLose(folder);
    Path copy = Files.createTempDirectory("goes-on");
    copy(folder, copy);
    writeEnd(folder.resolve("end"), goOn(copy));
    System.exit(0);
  }

  private static void writeEnd(Path folder, Checkpoint end) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, Map<String, HostTensor>> group : end.tensors().entrySet()) {
      Safetensors.write(
          folder.resolve(group.getKey() + ".safetensors"), group.getValue(), Map.of());
    }
    for (String part : COMPARED) {
      Files.write(folder.resolve(part + ".json"), end.documents().get(part));
    }
    Files.write(
        folder.resolve("environment.json"),
        Json.MAPPER.writeValueAsBytes(TorchRuntime.environment(Device.cpu())));
  }

  /** A base as small as it gets, with random weights. */
  private static void writeBase(Path folder) throws IOException {
    BertConfig shape = new BertConfig(8, 8, 1, 2, 16, 16, 2, 1e-12, 0.1, 0.1, Pooling.CLS);
    Random random = new Random(1);
    Map<String, HostTensor> weights = new HashMap<>();
    BertTensors.encoder(shape)
        .forEach(
            (name, dimensions) -> {
              int size = (int) Arrays.stream(dimensions).reduce(1, Math::multiplyExact);
              float[] values = new float[size];
              float mean = name.endsWith("LayerNorm.weight") ? 1 : 0;
              for (int i = 0; i < size; i++) {
                values[i] = mean + (float) (random.nextGaussian() * 0.3);
              }
              weights.put(name, new HostTensor(dimensions, values));
            });
    TinyBase.write(folder, weights);
    Files.write(folder.resolve("config.json"), new Bert(shape).configJson(List.of("high", "low")));
  }

  public static Map<String, String> settings(Path folder) {
    return Map.ofEntries(
        Map.entry("model.base", folder.resolve("base").toString()),
        Map.entry("store", folder.resolve("store").toString()),
        Map.entry("model.name", "kept"),
        Map.entry("device", "cpu"),
        Map.entry("labels.learn-from", "4"),
        Map.entry("labels.unknown", "grow"),
        Map.entry("batch.chunk-examples", "8"),
        Map.entry("batch.chunk-max-wait", "1h"),
        Map.entry("checkpoint.every", "0s"),
        Map.entry("checkpoint.keep", "1"),
        Map.entry("checkpoint.keep-versions", "2"),
        Map.entry("replay.size", "30"),
        Map.entry("replay.ratio", "0.25"),
        Map.entry("drift.warm-up", "8"),
        Map.entry("drift.window", "50"),
        Map.entry("training.learning-rate", "0.02"),
        Map.entry("training.warmup-steps", "0"),
        Map.entry("training.ema-decay", "0.2"),
        Map.entry("evaluation.every-examples", "24"),
        Map.entry("evaluation.max-share", "1"),
        Map.entry("publication.score", "log-loss"),
        Map.entry("publication.freshness", "0s"),
        Map.entry("publication.margin", "100"),
        Map.entry("publication.min-examples", "2"),
        Map.entry("publication.max-golden-loss", "1"),
        Map.entry("publication.max-recall-loss", "1"),
        Map.entry("publication.min-held-out-per-label", "2"));
  }

  private static Map<String, String> withNoMoreVersions(Path folder) {
    Map<String, String> values = new HashMap<>(settings(folder));
    values.put("publication.min-examples", "1000");
    return values;
  }

  /** No checkpoint before the end, either. */
  private static Map<String, String> withRareCheckpoints(Path folder) {
    Map<String, String> values = new HashMap<>(withNoMoreVersions(folder));
    values.put("checkpoint.every", "1h");
    return values;
  }

  private static void trainAndLose(Path folder) throws Exception {
    MemoryBroker broker = new MemoryBroker();
    broker.source(ListedSource.first());
    try (Owner first = new Owner(settings(folder), broker)) {
      first.trainer.takeOver(1);
      first.trainer.receive(1, TinyService.heldOut(0, 4));
      first.train(0, 4);
      first.train(4, 12);
      first.train(12, 20);
      await().atMost(SOON).until(() -> broker.versions().size() >= 2);
      first.trainer.stop(SOON);
    }
    long target = broker.versions().get(broker.versions().size() - 2).version();
    try (Owner second = new Owner(withNoMoreVersions(folder), broker)) {
      second.trainer.takeOver(2);
      second.train(20, LAST_CHECKPOINT);
      String command =
          "{\"id\": \"back\", \"command\": \"roll-back\", \"version\": %d, \"data\": \"skip\"}"
              .formatted(target);
      second.trainer.command(2, new Partition("control", 0), 0, command.getBytes(UTF_8));
      await().atMost(SOON).until(() -> second.rejoins.get() == 1);
    }
    try (Owner third = new Owner(withRareCheckpoints(folder), broker)) {
      third.trainer.takeOver(3);
      third.train(LAST_CHECKPOINT, 36);
      third.train(36, JOURNALED);
      third.trainer.giveUp("it is lost");
    }
  }

  /** Goes on from such a store to {@link #END}; the last checkpoint. */
  public static Checkpoint goOn(Path folder) throws Exception {
    MemoryBroker broker = new MemoryBroker();
    broker.source(ListedSource.first());
    for (int given = 1; given <= 3; given++) {
      broker.fence();
    }
    try (Owner fourth = new Owner(withRareCheckpoints(folder), broker)) {
      fourth.trainer.takeOver(4);
      fourth.train(LAST_CHECKPOINT, JOURNALED);
      fourth.train(JOURNALED, 52);
      fourth.train(52, END);
      fourth.trainer.stop(SOON);
      return fourth.stores.checkpoints().newest().orElseThrow().checkpoint();
    }
  }

  /** Everything that the topic of examples has. */
  private static List<InboundRecord> log() {
    List<InboundRecord> log = new ArrayList<>(TinyService.records(0, END));
    log.set(0, named("examples", 0, "a", "high"));
    log.set(1, named("examples", 1, "b", "low"));
    log.set(4, named("examples", 4, "c", "high"));
    log.set(5, named("examples", 5, "c", "low"));
    log.set(6, Examples.record("examples", 6, "{\"label\": \"high\"}"));
    log.set(9, other(9, "d", "other"));
    log.set(20, retraction("examples", 20, "a"));
    log.set(29, other(29, "e", "another"));
    log.set(38, named("examples", 38, "b", "high"));
    log.set(45, retraction("examples", 45, "e"));
    log.set(46, Examples.record("examples", 46, "no JSON"));
    return log;
  }

  private static InboundRecord other(long offset, String id, String label) {
    return Examples.record(
        "examples",
        offset,
        "{\"id\": \"%s\", \"text\": \"so very\", \"label\": \"%s\"}".formatted(id, label));
  }

  public static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  /** An instance of the service. */
  private static final class Owner implements AutoCloseable, InputProgress {

    final AtomicInteger rejoins = new AtomicInteger();
    final StatusBoard board = new StatusBoard("kept", "tiny", "cpu");
    final Stores stores;
    final Trainer trainer;

    Owner(Map<String, String> settings, MemoryBroker broker) throws Exception {
      PipelineConfig config = PipelineConfigs.of(settings);
      stores = Stores.of(config);
      trainer =
          new Trainer(
              config,
              stores,
              new Sinks(
                  List.of(),
                  this,
                  version -> {},
                  letter -> {},
                  amendment -> {},
                  Optional.empty(),
                  () -> new ListedLog(List.of())),
              broker,
              StartingModel.load(config),
              board);
    }

    /** Trains on examples of the log, in chunks of eight, to the last of them. */
    public void train(long from, long to) throws InterruptedException {
      trainer.receive(Integer.MAX_VALUE, log().subList((int) from, (int) to));
      await()
          .atMost(SOON)
          .until(
              () ->
                  board.status().positions().getOrDefault(new Partition("examples", 0), 0L) == to);
    }

    @Override
    public OptionalLong lag(InputPositions positions) {
      return OptionalLong.empty();
    }

    @Override
    public Optional<String> missing(InputPositions positions) {
      return Optional.empty();
    }

    @Override
    public void rejoin() {
      rejoins.incrementAndGet();
    }

    @Override
    public void close() throws InterruptedException {
      trainer.close();
    }
  }
}
