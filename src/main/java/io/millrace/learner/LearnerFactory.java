package io.millrace.learner;

import io.millrace.config.PipelineConfig;
import io.millrace.drift.DriftMonitor;
import io.millrace.drift.DriftState;
import io.millrace.example.DeadLetter;
import io.millrace.example.OutputSpace;
import io.millrace.heldout.GoldenSet;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.heldout.PrequentialScore;
import io.millrace.model.TransformerClassifier;
import io.millrace.optim.FineTunerState;
import io.millrace.replay.ReplayBuffer;
import io.millrace.replay.ReplayState;
import io.millrace.step.FineTuner;
import io.millrace.time.RunClock;
import io.millrace.tokenize.BatchAssembler;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes learners: one that starts from the base, or one that goes on from a snapshot. On the
 * training thread, which owns them.
 */
public record LearnerFactory(PipelineConfig config, StartingModel model, RunClock clock)
    implements Growth {

  /**
   * @param labels the label set
   * @param from what to go on from; empty for the base
   * @param refuse takes each record that is dead-lettered
   * @throws IOException where the base cannot be read
   */
  public Learner learner(OutputSpace labels, Optional<Snapshot> from, Consumer<DeadLetter> refuse)
      throws IOException {
    HeldOutWindow heldOut = new HeldOutWindow(config.evaluation().heldOutWindow(), golden(labels));
    PrequentialScore prequential =
        new PrequentialScore(
            config.task(),
            config.evaluation().prequentialWindow(),
            config.evaluation().prequentialShare(),
            config.training().seed());
    Optional<StreamState> stream = from.map(Snapshot::stream);
    stream.ifPresent(seen -> heldOut.restore(seen.heldOut(), seen.golden()));
    stream.ifPresent(seen -> prequential.add(seen.scores()));
    return new Learner(
        tuner(labels, from.map(Snapshot::tuner)),
        assembler(),
        plan(labels),
        new StreamMemory(
            heldOut,
            prequential,
            new ReplayBuffer(
                config.replay(),
                config.training().seed(),
                stream.map(StreamState::replay).orElse(ReplayState.EMPTY)),
            new DriftMonitor(
                config.drift(),
                model.projection(),
                stream.map(StreamState::drift).orElse(DriftState.START))),
        stream.map(StreamState::progress).orElse(Progress.start(labels.names())),
        new RejectedSteps(config.training().maxRejectedSteps()),
        this,
        refuse,
        clock);
  }

  /** A file's labels must be known, but for those that may still be added. */
  private GoldenSet golden(OutputSpace labels) {
    return model
        .golden()
        .map(file -> GoldenSet.given(file.of(config.task(), labels)))
        .orElseGet(
            () ->
                new GoldenSet(
                    config.publication().goldenPerLabel(), config.publication().goldenMost()));
  }

  /** How a chunk becomes batches. */
  public BatchAssembler assembler() {
    return new BatchAssembler(
        config.batch().maxExamples(), config.batch().maxTokens(), config.training().seed());
  }

  @Override
  public int maxLabels() {
    return config.labels().max();
  }

  @Override
  public OutputSpace outputs(List<String> names) {
    return config.task().outputs(names);
  }

  @Override
  public FineTuner tuner(FineTuner before, OutputSpace labels) {
    return FineTuner.restore(
        model.architecture(),
        before.snapshot().withLabels(model.architecture(), labels.size(), config.training().seed()),
        config.training(),
        model.device(),
        config.task());
  }

  @Override
  public GradientAccumulation plan(OutputSpace labels) {
    return new GradientAccumulation(
        config.training().gradientAccumulationSteps(),
        config.task().weights(config.training(), labels));
  }

  /**
   * The weights; the caller closes them.
   *
   * @param from their state; empty for the base
   */
  public FineTuner tuner(OutputSpace labels, Optional<FineTunerState> from) throws IOException {
    if (from.isPresent()) {
      model.dropBase();
      return FineTuner.restore(
          model.architecture(), from.get(), config.training(), model.device(), config.task());
    }
    return new FineTuner(
        TransformerClassifier.fresh(
            model.takeBase(), labels.size(), config.training().seed(), model.device()),
        config.training(),
        config.task());
  }
}
