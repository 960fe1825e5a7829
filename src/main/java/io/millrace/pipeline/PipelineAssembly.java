package io.millrace.pipeline;

import ai.djl.Device;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.evaluation.HeldOutEvaluator;
import io.millrace.evaluation.HeldOutWindow;
import io.millrace.evaluation.PrequentialScore;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.LabelSet;
import io.millrace.model.BaseModels;
import io.millrace.model.Devices;
import io.millrace.model.Pooling;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.PublicationPolicy;
import io.millrace.publication.VersionStore;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.torch.TorchRuntime;
import io.millrace.training.ClassWeights;
import io.millrace.training.FineTuner;
import io.millrace.training.LearningRateSchedule;
import io.millrace.training.ReplayBuffer;
import io.millrace.training.ReplayState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Puts the loop together from settings, stores and sinks. What a checkpoint says wins over where
 * the settings would start; where the two contradict each other, the start fails.
 */
final class PipelineAssembly implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PipelineAssembly.class);

  private final PipelineConfig config;
  private final Stores stores;
  private final Sinks sinks;
  private final StatusBoard board;
  private final Device device;
  private PretrainedModel base;
  private Optional<CheckpointStore.Saved> saved;
  private final TextTokenizer tokenizer;
  private final CompletableFuture<LabelSet> labels = new CompletableFuture<>();
  private final ChunkQueue queue;
  private final Intake intake;
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "millrace-writer"));

  /** Loads base and checkpoint; fails with one clear message where they cannot be used. */
  PipelineAssembly(PipelineConfig config, Stores stores, Sinks sinks, StatusBoard board)
      throws IOException {
    this.config = config;
    this.stores = stores;
    this.sinks = sinks;
    this.board = board;
    LOG.infof("learning rate: %s", LearningRateSchedule.of(config.training()));
    device = Devices.of(config.model().device());
    board.device(TorchRuntime.name(device));
    base = BaseModels.load(config.model().base()).with(config.model().pooling());
    saved = stores.checkpoints().newest();
    saved.ifPresent(this::requireSamePooling);
    int maxLength = Math.min(config.tokenize().maxLength(), base.config().maxPositionEmbeddings());
    tokenizer = TextTokenizer.fromJson(base.tokenizerJson(), maxLength);
    InputPositions start =
        saved
            .map(unit -> CheckpointParts.progress(unit.checkpoint()).positions())
            .orElse(InputPositions.START);
    knownLabels().ifPresent(labels::complete);
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
            tokenizer,
            queue,
            config.heldOutTopic(),
            new LabelLearner(config.labels().learnFrom(), config.labels().maxHeld()),
            labels,
            start);
    LOG.infof(
        "model %s: base %s on %s, texts cut at %d tokens, labels %s, %s",
        config.model().name(),
        base.origin(),
        TorchRuntime.name(device),
        maxLength,
        labels.isDone() ? labels.join().names() : "learned from the stream",
        saved
            .map(unit -> "going on from checkpoint " + unit.id())
            .orElse("starting from the base: no checkpoint yet"));
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
    DeadLetterOffice deadLetters = new DeadLetterOffice(sinks.deadLetters());
    Learner learner = learner(known, deadLetters);
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
            champion,
            System::nanoTime);
    Checkpointer checkpointer =
        new Checkpointer(
            stores.checkpoints(),
            deadLetters,
            sinks.input(),
            config.checkpoint().every(),
            Checkpointer.Mark.of(learner),
            saved.map(CheckpointStore.Saved::id),
            background,
            System::nanoTime);
    TrainingReport report =
        new TrainingReport(
            config.model().name(),
            learner,
            examiner,
            checkpointer,
            sinks.input(),
            board,
            sinks.metrics());
    // Hundreds of megabytes that the device has now: not to be kept on the heap for the whole run.
    base = null;
    saved = Optional.empty();
    return new TrainingLoop(queue, learner, examiner, checkpointer, report);
  }

  private Learner learner(LabelSet known, DeadLetterOffice deadLetters) {
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
        deadLetters::send);
  }

  private FineTuner tuner(LabelSet known) {
    return saved
        .map(
            unit ->
                FineTuner.restore(
                    base.config(),
                    CheckpointParts.tunerState(unit.checkpoint()),
                    config.training(),
                    device))
        .orElseGet(
            () ->
                new FineTuner(
                    TransformerClassifier.fresh(
                        base, known.size(), config.training().seed(), device),
                    config.training()));
  }

  private Publisher publisher(HeldOutEvaluator evaluator) {
    PublicationFacts facts =
        new PublicationFacts(
            config.model().name(),
            base.origin(),
            base.tokenizerJson(),
            tokenizer.maxLength(),
            config.shapingTraining(),
            TorchRuntime.environment(device));
    return new Publisher(
        stores.versions(),
        sinks.versions(),
        sinks.onVersion(),
        facts,
        evaluator,
        device,
        config.publication().keepVersions(),
        background);
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

  @Override
  public void close() {
    queue.end();
    background.shutdown();
    tokenizer.close();
  }

  /** Where state is kept. */
  record Stores(CheckpointStore checkpoints, VersionStore versions) {}

  /**
   * Where results go.
   *
   * @param onVersion told of each announced version
   */
  record Sinks(
      DeadLetterSink deadLetters,
      VersionSink versions,
      List<MetricsSink> metrics,
      InputProgress input,
      Consumer<ModelVersion> onVersion) {}
}
