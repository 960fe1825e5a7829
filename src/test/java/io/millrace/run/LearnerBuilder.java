package io.millrace.run;

import ai.djl.Device;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CheckpointParts;
import io.millrace.drift.DriftMonitor;
import io.millrace.drift.DriftState;
import io.millrace.example.DeadLetter;
import io.millrace.example.LabelSet;
import io.millrace.example.OutputSpace;
import io.millrace.heldout.GoldenSet;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.heldout.PrequentialScore;
import io.millrace.learner.GradientAccumulation;
import io.millrace.learner.Growth;
import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.learner.RejectedSteps;
import io.millrace.learner.Snapshot;
import io.millrace.learner.StreamMemory;
import io.millrace.learner.StreamState;
import io.millrace.model.arch.Bert;
import io.millrace.replay.ReplayBuffer;
import io.millrace.replay.ReplayState;
import io.millrace.step.FineTuner;
import io.millrace.task.label.ClassWeights;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.time.RunClock;
import io.millrace.tokenize.BatchAssembler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Learners of a tiny BERT with the labels low and high, in batches of at most 16. Everything has a
 * default; a test names what it is about.
 */
public final class LearnerBuilder {

  public static final LabelSet LABELS = new LabelSet(List.of("low", "high"));

  private Map<String, String> settings = Map.of();
  private Map<String, String> replay = Map.of();
  private ReplayState kept = ReplayState.EMPTY;
  private Map<String, String> drift = Map.of();
  private GradientAccumulation plan = plan(1, "none");
  private int prequential = 30;
  private double prequentialShare = 1;
  private int maxRejected = 3;
  private Consumer<DeadLetter> refuse = letter -> {};
  private Optional<FineTuner> tuner = Optional.empty();
  private Optional<Snapshot> from = Optional.empty();

  /** A step of so many batches. */
  public static GradientAccumulation plan(int batches, String classWeights) {
    return new GradientAccumulation(batches, ClassWeights.of(classWeights, LABELS));
  }

  /** Default settings but for these ({@code millrace.training.*}). */
  public LearnerBuilder settings(Map<String, String> values) {
    settings = values;
    return this;
  }

  /** Default settings but for these ({@code millrace.replay.*}). */
  public LearnerBuilder replay(Map<String, String> values) {
    replay = values;
    return this;
  }

  /** What the replay buffer holds already. */
  public LearnerBuilder kept(ReplayState state) {
    kept = state;
    return this;
  }

  public LearnerBuilder plan(GradientAccumulation value) {
    plan = value;
    return this;
  }

  /** Settings of the drift monitor, by {@code drift.NAME}. */
  public LearnerBuilder drift(Map<String, String> changes) {
    drift = changes;
    return this;
  }

  /** Examples of the prequential window. */
  public LearnerBuilder prequential(int window) {
    prequential = window;
    return this;
  }

  /** Share of the steps that are scored. */
  public LearnerBuilder prequentialShare(double share) {
    prequentialShare = share;
    return this;
  }

  public LearnerBuilder maxRejected(int steps) {
    maxRejected = steps;
    return this;
  }

  /** Takes the dead letters. */
  public LearnerBuilder refuse(Consumer<DeadLetter> letters) {
    refuse = letters;
    return this;
  }

  /** Instead of a fresh one. */
  public LearnerBuilder tuner(FineTuner value) {
    tuner = Optional.of(value);
    return this;
  }

  /** Goes on from there: windows, replay buffer and progress, and the tuner where none is given. */
  public LearnerBuilder from(Checkpoint unit) {
    from = Optional.of(CheckpointParts.snapshot(unit));
    return this;
  }

  public Learner build() {
    HeldOutWindow heldOut = new HeldOutWindow(10, new GoldenSet(2, 1000));
    PrequentialScore score = new PrequentialScore(Labels.TASK, prequential, prequentialShare, 42);
    Optional<StreamState> stream = from.map(Snapshot::stream);
    stream.ifPresent(seen -> heldOut.restore(seen.heldOut(), seen.golden()));
    stream.ifPresent(seen -> score.add(seen.scores()));
    return new Learner(
        tuner.orElseGet(this::tuner),
        new BatchAssembler(16, 2048, 42),
        plan,
        new StreamMemory(
            heldOut,
            score,
            new ReplayBuffer(
                TinyBert.replay(replay), 42, stream.map(StreamState::replay).orElse(kept)),
            new DriftMonitor(
                PipelineConfigs.of(drift).drift(),
                Optional.empty(),
                stream.map(StreamState::drift).orElse(DriftState.START))),
        stream.map(StreamState::progress).orElse(Progress.start(LABELS.names())),
        new RejectedSteps(maxRejected),
        new TinyGrowth(),
        refuse,
        RunClock.SYSTEM);
  }

  /** By default settings. */
  private final class TinyGrowth implements Growth {

    @Override
    public int maxLabels() {
      return 4;
    }

    @Override
    public FineTuner tuner(FineTuner before, OutputSpace labels) {
      return FineTuner.restore(
          new Bert(TinyBert.config(0.1)),
          before.snapshot().withLabels(new Bert(TinyBert.config(0.1)), labels.size(), 42),
          TinyBert.settings(settings),
          Device.cpu(),
          Labels.TASK);
    }

    @Override
    public OutputSpace outputs(List<String> names) {
      return new LabelSet(names);
    }

    @Override
    public GradientAccumulation plan(OutputSpace outputs) {
      return new GradientAccumulation(
          plan.batchesPerStep(), Labels.TASK.weights(TinyBert.settings(Map.of()), outputs));
    }
  }

  private FineTuner tuner() {
    return from.map(
            then ->
                FineTuner.restore(
                    new Bert(TinyBert.config(0.1)),
                    then.tuner(),
                    TinyBert.settings(settings),
                    Device.cpu(),
                    Labels.TASK))
        .orElseGet(
            () ->
                new FineTuner(
                    TinyBert.classifier(0.1, 2), TinyBert.settings(settings), Labels.TASK));
  }
}
