package io.millrace.pipeline;

import io.millrace.checkpoint.CheckpointStore;
import io.millrace.evaluation.HeldOutEvaluator;
import io.millrace.evaluation.HeldOutWindow;
import io.millrace.evaluation.PrequentialScore;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.LabelSet;
import io.millrace.model.Pooling;
import io.millrace.model.TransformerClassifier;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.PublicationPolicy;
import io.millrace.publication.VersionStore;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.torch.TorchRuntime;
import io.millrace.training.ClassWeights;
import io.millrace.training.FineTuner;
import io.millrace.training.ReplayBuffer;
import io.millrace.training.ReplayState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jboss.logging.Logger;

/**
 * One ownership of the model: puts the loop together from settings, stores, sinks and what store
 * and broker say about the last commit unit. What a unit says wins over where the settings would
 * start; where the two contradict each other, the start fails.
 */
final class PipelineAssembly implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PipelineAssembly.class);

  private final PipelineConfig config;
  private final Stores stores;
  private final Sinks sinks;
  private final StatusBoard board;
  private final StartingModel model;
  private final Ownership ownership;
  private final Announcements announcements;
  private final Reconciliation reconciliation;
  private Optional<CheckpointStore.Saved> saved;
  private final CompletableFuture<LabelSet> labels = new CompletableFuture<>();
  private final ChunkQueue queue;
  private final Intake intake;
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "millrace-writer"));

  /**
   * Loads the last unit, and sends what a crash kept from the broker.
   *
   * @param ownership closed with this
   * @throws PipelineException where settings and unit contradict each other; names both
   * @throws OwnershipLostException where another owner was faster
   */
  PipelineAssembly(
      PipelineConfig config,
      Stores stores,
      Sinks sinks,
      StatusBoard board,
      StartingModel model,
      Ownership ownership)
      throws IOException, OwnershipLostException, InterruptedException {
    this.config = config;
    this.stores = stores;
    this.sinks = sinks;
    this.board = board;
    this.model = model;
    this.ownership = ownership;
    if (ownership.ledger().lastVersion().isPresent()) { // a crash may have come before the mark
      stores.versions().markAnnounced(ownership.ledger().lastVersion().get());
    }
    announcements =
        new Announcements(
            stores.versions(), config.publication().keepVersions(), sinks.onVersion());
    saved = stores.checkpoints().newest();
    saved.ifPresent(this::requireSamePooling);
    reconciliation = Reconciliation.of(saved.map(CheckpointStore.Saved::id), ownership.ledger());
    InputPositions start =
        saved
            .map(unit -> CheckpointParts.progress(unit.checkpoint()).positions())
            .orElse(InputPositions.START);
    knownLabels().ifPresent(labels::complete);
    LOG.info(found(start));
    reconcile(start);
    queue =
        new ChunkQueue(
            config.batch().chunkExamples(),
            config.batch().chunkMaxWait(),
            config.pipeline().queuedChunks(),
            start,
            System::nanoTime);
    intake =
        new Intake(
            new ExampleDecoder(config.example().maxTextCharacters()),
            model.tokenizer(),
            queue,
            config.heldOutTopic(),
            new LabelLearner(config.labels().learnFrom(), config.labels().maxHeld()),
            labels,
            start);
  }

  /** One paragraph: what was found, and what follows. */
  private String found(InputPositions start) {
    return "model %s, term %d: base %s on %s, texts cut at %d tokens, labels %s. Store: %s. Broker: %s, offsets %s, last version %s. So %s. Reading starts at %s"
        .formatted(
            config.model().name(),
            ownership.term(),
            model.origin(),
            model.deviceName(),
            model.tokenizer().maxLength(),
            labels.isDone() ? labels.join().names() : "learned from the stream",
            saved
                .map(unit -> "going on from checkpoint " + unit.id())
                .orElse("starting from the base, no checkpoint yet"),
            ownership.ledger().unit().map(unit -> "unit " + unit).orElse("no unit"),
            ownership.ledger().positions().next(),
            ownership
                .ledger()
                .lastVersion()
                .map(version -> Long.toString(version.version()))
                .orElse("none"),
            reconciliation.meaning(),
            start.next().isEmpty() ? "the beginning" : start.next());
  }

  private void reconcile(InputPositions start)
      throws IOException, OwnershipLostException, InterruptedException {
    if (reconciliation == Reconciliation.UNSENT) {
      Outbox outbox = CheckpointParts.outbox(saved.orElseThrow().checkpoint());
      ownership.commit(new Commit(saved.get().id().toString(), start, outbox));
      announcements.committed(outbox);
    }
    stores.versions().removeUnannounced();
  }

  Intake intake() {
    return intake;
  }

  /** Completed once the label set is known; completed exceptionally by a stop. */
  CompletableFuture<LabelSet> labels() {
    return labels;
  }

  /** The loop, with the model on its device. On the training thread, once labels are known. */
  TrainingLoop loop(LabelSet known) throws IOException {
    Outgoing outgoing = outgoing();
    Learner learner = learner(known, outgoing);
    HeldOutEvaluator evaluator = new HeldOutEvaluator(config.evaluation().batchExamples(), known);
    Publisher publisher = publisher(evaluator);
    Optional<Champion> champion = publisher.current();
    champion.ifPresent(current -> requireSameLabels(current.version(), known));
    Examiner examiner =
        new Examiner(
            config.model().name(),
            config.evaluation(),
            learner,
            evaluator,
            new PublicationPolicy(config.publication()),
            publisher,
            outgoing,
            champion,
            System::nanoTime);
    Checkpointer checkpointer =
        new Checkpointer(
            stores.checkpoints(),
            ownership,
            config.checkpoint().every(),
            outgoing,
            Checkpointer.Mark.of(learner),
            saved.map(CheckpointStore.Saved::id),
            background,
            announcements::committed,
            System::nanoTime);
    TrainingReport report =
        new TrainingReport(
            config.model().name(),
            learner,
            announcements::current,
            checkpointer,
            sinks.input(),
            board,
            sinks.metrics());
    // Hundreds of megabytes that the device has now: not to be kept on the heap for the whole run.
    saved = Optional.empty();
    return new TrainingLoop(queue, learner, examiner, checkpointer, outgoing, report);
  }

  /** Numbers go on behind the last that anybody knows of. */
  private Outgoing outgoing() {
    long last =
        LongStream.of(
                saved.map(unit -> CheckpointParts.lastVersion(unit.checkpoint())).orElse(0L),
                stores.versions().lastNumber(),
                ownership.ledger().lastVersion().map(ModelVersion::version).orElse(0L))
            .max()
            .getAsLong();
    boolean repeats = reconciliation == Reconciliation.STORE_BEHIND;
    return new Outgoing(last, repeats ? ownership.ledger().positions() : InputPositions.START);
  }

  private Learner learner(LabelSet known, Outgoing outgoing) throws IOException {
    StepPlan plan =
        new StepPlan(
            config.training().gradientAccumulationSteps(),
            ClassWeights.of(config.training().classWeights(), known));
    HeldOutWindow heldOut = new HeldOutWindow(config.evaluation().heldOutWindow());
    PrequentialScore prequential = new PrequentialScore(config.evaluation().prequentialWindow());
    saved.ifPresent(unit -> CheckpointParts.restore(unit.checkpoint(), heldOut, prequential));
    return new Learner(
        tuner(known),
        new BatchAssembler(
            config.batch().maxExamples(), config.batch().maxTokens(), config.training().seed()),
        plan,
        heldOut,
        prequential,
        new ReplayBuffer(
            config.replay(),
            config.training().seed(),
            saved.map(unit -> CheckpointParts.replay(unit.checkpoint())).orElse(ReplayState.EMPTY)),
        saved
            .map(unit -> CheckpointParts.progress(unit.checkpoint()))
            .orElseGet(() -> Progress.start(known.names())),
        new RejectedSteps(config.training().maxRejectedSteps()),
        outgoing::add);
  }

  private FineTuner tuner(LabelSet known) throws IOException {
    if (saved.isPresent()) {
      model.dropBase();
      return FineTuner.restore(
          model.shape(),
          CheckpointParts.tunerState(saved.get().checkpoint()),
          config.training(),
          model.device());
    }
    return new FineTuner(
        TransformerClassifier.fresh(
            model.takeBase(), known.size(), config.training().seed(), model.device()),
        config.training());
  }

  private Publisher publisher(HeldOutEvaluator evaluator) {
    PublicationFacts facts =
        new PublicationFacts(
            config.model().name(),
            model.origin(),
            model.tokenizerJson(),
            model.tokenizer().maxLength(),
            config.shapingTraining(),
            TorchRuntime.environment(model.device()));
    return new Publisher(
        stores.versions(), ownership.term(), facts, evaluator, model.device(), background);
  }

  private Optional<LabelSet> knownLabels() {
    Optional<LabelSet> configured = config.labels().names().map(LabelSet::new);
    Optional<LabelSet> trained =
        saved.map(unit -> new LabelSet(CheckpointParts.progress(unit.checkpoint()).labels()));
    if (configured.isPresent() && trained.isPresent() && !configured.equals(trained)) {
      throw new PipelineException(
          "millrace.labels.names is %s, but checkpoint %s was trained on %s; give the old labels, another millrace.model.name, or another millrace.store"
              .formatted(configured.get().names(), saved.get().id(), trained.get().names()));
    }
    return trained.or(() -> configured);
  }

  private void requireSamePooling(CheckpointStore.Saved unit) {
    Pooling trained = Pooling.of(CheckpointParts.tunerState(unit.checkpoint()).weights().keySet());
    if (trained != config.model().pooling()) {
      throw new PipelineException(
          "millrace.model.pooling is %s, but checkpoint %s was trained with %s; give %s, another millrace.model.name, or another millrace.store"
              .formatted(config.model().pooling(), unit.id(), trained, trained));
    }
  }

  private static void requireSameLabels(ModelVersion version, LabelSet known) {
    if (!version.labels().equals(known.names())) {
      throw new PipelineException(
          "version %d in the store has the labels %s, training has %s; use another millrace.model.name or millrace.store"
              .formatted(version.version(), version.labels(), known.names()));
    }
  }

  /** Ends the ownership: nothing more is taken in, written or sent. Any thread. */
  @Override
  public void close() {
    labels.cancel(false);
    queue.end();
    ownership.close();
    background.shutdown();
  }

  /** Where state is kept. */
  record Stores(CheckpointStore checkpoints, VersionStore versions) {}

  /**
   * Where results go.
   *
   * @param onVersion told of each announced version
   */
  record Sinks(List<MetricsSink> metrics, InputProgress input, Consumer<ModelVersion> onVersion) {}
}
