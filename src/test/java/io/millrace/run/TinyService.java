package io.millrace.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.Stores;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.config.PipelineConfig;
import io.millrace.event.MetricRecord;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.identity.StoreIdentity;
import io.millrace.identity.TermRecords;
import io.millrace.intake.InputProgress;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.learner.StartingModel;
import io.millrace.report.StatusBoard;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBase;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.ArtifactStore;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** Owners and standbys of a tiny model on one store; Kafka is replaced by calls and memory. */
public final class TinyService {

  private final Path folder;
  private final Map<String, HostTensor> base = new HashMap<>(TinyBert.base(0.1).weights());
  private final MemoryBroker broker = new MemoryBroker();
  private final List<ModelVersion> announced = new CopyOnWriteArrayList<>();
  private final List<InboundRecord> past = new CopyOnWriteArrayList<>();
  private final List<DeadLetter> letters = new CopyOnWriteArrayList<>();
  private final AtomicInteger rejoins = new AtomicInteger();
  private final AtomicBoolean diskFull = new AtomicBoolean();
  private final AtomicReference<String> missing = new AtomicReference<>();
  private final FolderCheckpointStore checkpoints;
  private final FolderCheckpointStore restorePoints;
  private boolean restorable = true;
  private final FolderBatchJournal journal;
  private final FolderVersionStore versions;
  private Optional<ArtifactStore> artifacts = Optional.empty();

  /**
   * @param folder of everything; its base is {@link #base()} when an instance is made
   */
  public TinyService(Path folder) throws IOException {
    this.folder = folder;
    checkpoints = new FolderCheckpointStore(folder.resolve("checkpoints"), 3);
    restorePoints = FolderCheckpointStore.ofAll(folder.resolve("restore-points"));
    journal = new FolderBatchJournal(folder.resolve("journal"), 600); // a few chunks a segment
    versions = new FolderVersionStore(folder.resolve("versions"));
  }

  /** Instances made from now on find nothing of what versions were made of. */
  public void loseRestorePoints() {
    restorable = false;
  }

  /** The base's weights, to be changed. */
  public Map<String, HostTensor> base() {
    return base;
  }

  public MemoryBroker broker() {
    return broker;
  }

  /** Where instances made from now on send versions. */
  public void artifacts(ArtifactStore store) {
    artifacts = Optional.of(store);
  }

  /** Versions that were announced in the process. */
  public List<ModelVersion> announced() {
    return announced;
  }

  /** Dead letters that were sent in the process. */
  public List<DeadLetter> letters() {
    return letters;
  }

  /** What the log holds, for those who look back; empty at first. */
  public List<InboundRecord> past() {
    return past;
  }

  /** How often an instance asked for its partitions again. */
  public AtomicInteger rejoins() {
    return rejoins;
  }

  /** What the log no longer holds; null for nothing. */
  public AtomicReference<String> missing() {
    return missing;
  }

  public AtomicBoolean diskFull() {
    return diskFull;
  }

  public FolderCheckpointStore checkpoints() {
    return checkpoints;
  }

  public FolderBatchJournal journal() {
    return journal;
  }

  public FolderVersionStore versions() {
    return versions;
  }

  /** An instance of the service, a standby; closed by the caller. */
  public Instance instance(Map<String, String> settings) throws IOException {
    return new Instance(config(settings));
  }

  /** Settings for a few short texts, but for these. */
  public PipelineConfig config(Map<String, String> settings) throws IOException {
    TinyBase.write(folder, base);
    Map<String, String> values = new HashMap<>();
    values.put("model.base", folder.toString());
    values.put("device", "cpu");
    values.put("labels.names", "low,high");
    values.put("batch.chunk-examples", "8");
    values.put("checkpoint.every", "0s");
    values.put("training.learning-rate", "0.01");
    values.put("training.warmup-steps", "0");
    values.put("evaluation.every-examples", "8");
    values.put("evaluation.max-share", "1");
    // Every candidate becomes a version: what is published is another test's matter.
    values.put("publication.score", "log-loss");
    values.put("publication.freshness", "0s");
    values.put("publication.margin", "100");
    values.put("publication.min-examples", "2");
    values.put("publication.max-golden-loss", "1");
    values.put("publication.max-recall-loss", "1");
    values.put("publication.min-held-out-per-label", "2");
    values.putAll(settings);
    return PipelineConfigs.of(values);
  }

  /**
   * An owner that has trained on everything there is, published two versions or more, and committed
   * it.
   *
   * @param log of one partition of examples, to its end, and held-out ones
   */
  public Instance trained(int generation, List<InboundRecord> log, Map<String, String> settings)
      throws Exception {
    long end = log.get(log.size() - 1).position().offset() + 1;
    Instance instance = instance(settings);
    instance.trainer.takeOver(generation);
    instance.receive(log);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                announced.size() >= 2
                    && announced.size() == broker.versions().size()
                    && !broker.commits().isEmpty()
                    && broker.committed().next().getOrDefault(new Partition("examples", 0), 0L)
                        == end);
    return instance;
  }

  public Stores stores() {
    CheckpointStore made = restorable ? restorePoints : new NoCheckpoints();
    return new Stores(
        new Disk(),
        new VersionCheckpoints(made, versions, 9),
        journal,
        versions,
        new StoreIdentity(folder),
        new TermRecords(folder.resolve("terms")));
  }

  public static List<InboundRecord> records(long from, long to) {
    return all(from, to, "examples");
  }

  public static List<InboundRecord> heldOut(long from, long to) {
    return all(from, to, "heldout");
  }

  private static List<InboundRecord> all(long from, long to, String topic) {
    return LongStream.range(from, to)
        .mapToObj(
            offset ->
                Examples.record(
                    topic,
                    offset,
                    offset % 2 == 0
                        ? "{\"text\": \"good\", \"label\": \"high\"}"
                        : "{\"text\": \"bad\", \"label\": \"low\"}"))
        .toList();
  }

  /** An example with an id. */
  public static InboundRecord named(String topic, long offset, String id, String label) {
    return Examples.record(
        topic,
        offset,
        "{\"id\": \"%s\", \"text\": \"%s\", \"label\": \"%s\"}"
            .formatted(id, label.equals("high") ? "good" : "bad", label));
  }

  /** An example of this text and label. */
  public static InboundRecord labelled(String topic, long offset, String text, String label) {
    return Examples.record(
        topic, offset, "{\"text\": \"%s\", \"label\": \"%s\"}".formatted(text, label));
  }

  /** Takes an id back. */
  public static InboundRecord retraction(String topic, long offset, String id) {
    InboundRecord record = Examples.record(topic, offset, "");
    return new InboundRecord(
        record.position(), id.getBytes(UTF_8), null, List.of(), record.timestampMillis());
  }

  public static List<InboundRecord> refused(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(
            offset ->
                Examples.record("examples", offset, "{\"text\": \"good\", \"label\": \"none\"}"))
        .toList();
  }

  /** An instance of the service on the common store and broker. */
  public final class Instance implements AutoCloseable {

    public final StatusBoard board = new StatusBoard("test", "tiny", "cpu");
    final List<MetricRecord.Commanded> answers = new CopyOnWriteArrayList<>();
    public final Trainer trainer;

    /** Told of each record, on the training thread. */
    volatile Consumer<MetricRecord> onRecord = record -> {};

    private Instance(PipelineConfig config) throws IOException {
      trainer =
          new Trainer(
              config,
              stores(),
              new Sinks(
                  List.of(this::observe),
                  new Input(),
                  announced::add,
                  letters::add,
                  amendment -> {},
                  artifacts,
                  () -> new ListedLog(past)),
              broker,
              StartingModel.load(config),
              board);
    }

    private void observe(MetricRecord record) {
      if (record instanceof MetricRecord.Commanded answer) {
        answers.add(answer);
      }
      onRecord.accept(record);
    }

    /** Of the first or second membership, whichever it has. */
    public void receive(List<InboundRecord> records) throws InterruptedException {
      trainer.receive(2, records);
    }

    @Override
    public void close() throws InterruptedException {
      trainer.close();
    }
  }

  /** The folder's disk, which may be full. */
  private final class Disk implements CheckpointStore {

    @Override
    public void save(CheckpointId id, Checkpoint checkpoint) throws IOException {
      if (diskFull.get()) {
        throw new IOException("No space left on device");
      }
      checkpoints.save(id, checkpoint);
    }

    @Override
    public Optional<Saved> newest() throws IOException {
      return checkpoints.newest();
    }

    @Override
    public List<CheckpointId> kept() throws IOException {
      return checkpoints.kept();
    }

    @Override
    public Optional<Saved> read(CheckpointId id) throws IOException {
      return checkpoints.read(id);
    }

    @Override
    public void remove(CheckpointId id, long term) throws IOException {
      checkpoints.remove(id, term);
    }

    @Override
    public long highestTerm() throws IOException {
      return checkpoints.highestTerm();
    }
  }

  private final class Input implements InputProgress {

    @Override
    public OptionalLong lag(InputPositions positions) {
      return OptionalLong.empty();
    }

    @Override
    public Optional<String> missing(InputPositions positions) {
      return Optional.ofNullable(missing.get());
    }

    @Override
    public void rejoin() {
      rejoins.incrementAndGet();
    }
  }
}
