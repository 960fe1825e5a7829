package io.millrace.step;

import ai.djl.engine.EngineException;
import io.millrace.model.TransformerClassifier;
import io.millrace.optim.LearningRateSchedule;
import io.millrace.optim.TrainedStep;
import io.millrace.tokenize.TokenBatch;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The model to evaluate, and to publish where it is better: the run's own weights, or under
 * warm-up-stable-decay a branch of the run. A branch is a copy of weights, moments and averages
 * that takes the run's last steps again while its rate falls ({@link LearningRateSchedule.Decay});
 * with fewer steps behind the run, over fewer. What it is depends on the run's state alone, and the
 * run does not change: neither weights nor moments nor what its next step draws.
 *
 * <p>Good until the run's next step, and closed by whoever asked for it. Training thread only.
 */
public final class CandidateModel implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(CandidateModel.class);

  private final TransformerClassifier model;
  private final int decaySteps;
  private final Optional<FineTuner> branch;

  private CandidateModel(TransformerClassifier model, int decaySteps, Optional<FineTuner> branch) {
    this.model = model;
    this.decaySteps = decaySteps;
    this.branch = branch;
  }

  /**
   * What a run has to offer now. A branch that fails, by numbers that are not finite or for lack of
   * memory, is warned of and abandoned for the run's own weights: the run itself is sound.
   */
  public static CandidateModel of(FineTuner run) {
    List<TrainedStep> steps = run.lastSteps();
    if (!steps.isEmpty()) {
      try {
        return decayed(run, steps);
      } catch (AbandonedException | NonFiniteWeightsException e) {
        warn(run, e);
      } catch (EngineException e) {
        if (!BatchTooLargeException.isOutOfMemory(e)) {
          throw e;
        }
        warn(run, e);
      }
    }
    return new CandidateModel(run.candidate(), 0, Optional.empty());
  }

  private static CandidateModel decayed(FineTuner run, List<TrainedStep> steps) {
    FineTuner branch = run.branch(steps.size());
    try {
      for (TrainedStep step : steps) {
        if (repeat(step, branch) instanceof StepOutcome.Rejected rejected) {
          throw new AbandonedException(rejected.reason());
        }
      }
      branch.requireFiniteWeights();
      int taken = Math.toIntExact(branch.steps() - run.steps());
      return new CandidateModel(branch.candidate(), taken, Optional.of(branch));
    } catch (RuntimeException e) {
      branch.close();
      throw e;
    }
  }

  private static void warn(FineTuner run, RuntimeException e) {
    LOG.warnf(
        "the decay branch of step %d is abandoned, the run's own weights are evaluated instead: %s",
        run.steps(), e.getMessage());
  }

  /** The weights to score with and to copy. */
  public TransformerClassifier model() {
    return model;
  }

  /** Steps of the branch behind the run's last one; 0 for the run's own weights. */
  public int decaySteps() {
    return decaySteps;
  }

  /** Frees the branch; the run's own weights stay. */
  @Override
  public void close() {
    model.close();
    branch.ifPresent(FineTuner::close);
  }

  /** A step of the branch was refused. */
  private static final class AbandonedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AbandonedException(String reason) {
      super(reason);
    }
  }

  /** Takes a step again, on a copy of the run. */
  private static StepOutcome repeat(TrainedStep step, FineTuner branch) {
    return branch.step(
        step.batches().stream().map(TokenBatch::of).toList(),
        step.classWeights().stream().mapToDouble(Double::doubleValue).toArray());
  }
}
