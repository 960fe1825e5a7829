package io.millrace.step;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.optim.LazyAdamW;
import io.millrace.task.LossWeights;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.TorchOps;
import io.millrace.torch.UpdateOps.LossAndNorm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * A step's gradients: the sum of its micro-batches' gradients, in smaller micro-batches where
 * memory does not suffice. Training thread only.
 *
 * <p>Every micro-batch's loss is its part of the step's weighted mean, so that without dropout the
 * sum does not depend on the split but for rounding. With dropout it does, because the
 * micro-batches draw from the step's seed in turn.
 */
final class StepGradients {

  private static final Logger LOG = Logger.getLogger(StepGradients.class);

  private final Objective objective;
  private final BatchGradients passes;
  private final Set<Integer> warnedOf = new HashSet<>();

  /**
   * @param passes how a batch's gradients come about: by the objective, but for tests
   */
  StepGradients(Objective objective, BatchGradients passes) {
    this.objective = objective;
    this.passes = passes;
  }

  /**
   * Computes the gradients and hands them to the optimizer. Where a micro-batch does not fit into
   * memory, what was added up is discarded and all begins anew from the same seed, in halves; one
   * example that does not fit alone is left out.
   *
   * @param classWeights {@code [L]}
   * @param update called at most once; its argument is freed behind it
   */
  Attempt attempt(
      MicroBatches step,
      double[] classWeights,
      long seed,
      Function<Objective.Gradients, LossAndNorm> update) {
    MicroBatches batches = step;
    List<Refusal> tooLarge = new ArrayList<>();
    int outOfMemory = 0;
    while (!batches.isEmpty()) {
      TorchOps.seed(seed);
      LossWeights weights = LossWeights.of(batches.examples(), classWeights);
      try (NDManager scope = objective.model().newScope()) {
        LossAndNorm done = update.apply(sum(scope, batches.batches(), weights));
        return new Attempt(Optional.of(done), batches, tooLarge, outOfMemory);
      } catch (BatchTooLargeException e) { // the scope is closed: the partial sums are gone
        outOfMemory++;
        if (e.batch().size() == 1) {
          tooLarge.add(refuse(e));
          batches = batches.without(e.batch().examples());
        } else {
          batches = batches.halved(e.batch());
          warn(e);
        }
      }
    }
    return new Attempt(Optional.empty(), batches, tooLarge, outOfMemory);
  }

  private Objective.Gradients sum(NDManager scope, List<TokenBatch> batches, LossWeights weights) {
    Optional<LazyAdamW.Taken> taken = objective.take(scope, batches);
    if (batches.size() == 1) {
      return pass(scope, batches.get(0), weights, taken);
    }
    // A scope for each pass, so that only one batch's activations are held at a time.
    Objective.Gradients sum;
    try (NDManager first = scope.newSubManager()) {
      sum = pass(first, batches.get(0), weights, taken);
      withLoss(sum).attach(scope);
    }
    for (TokenBatch batch : batches.subList(1, batches.size())) {
      try (NDManager next = scope.newSubManager()) {
        Objective.Gradients more = pass(next, batch, weights, taken);
        objective.model().operators().updates().addInPlace(withLoss(sum), withLoss(more));
      }
    }
    return sum;
  }

  private Objective.Gradients pass(
      NDManager scope, TokenBatch batch, LossWeights weights, Optional<LazyAdamW.Taken> taken) {
    try {
      return passes.of(scope, batch, weights, taken);
    } catch (EngineException e) {
      throw BatchTooLargeException.isOutOfMemory(e) ? new BatchTooLargeException(batch, e) : e;
    }
  }

  private static NDList withLoss(Objective.Gradients gradients) {
    NDList all = new NDList(gradients.gradients());
    all.add(gradients.loss());
    return all;
  }

  private static Refusal refuse(BatchTooLargeException e) {
    TokenizedExample example = e.batch().examples().get(0);
    LOG.errorf(
        "the example at %s with %d tokens does not fit into memory alone and is refused: %s",
        example.position(), example.text().length(), e.getMessage());
    return Refusal.tooLarge(example);
  }

  /** Once for each size: a batch that is too large is rarely the only one. */
  private void warn(BatchTooLargeException e) {
    TokenBatch batch = e.batch();
    int half = (batch.size() + 1) / 2;
    if (warnedOf.add(half)) {
      LOG.warnf(
          "%d examples of %d tokens do not fit into memory together, such batches run again in"
              + " micro-batches of %d; a smaller millrace.batch.max-tokens saves the first try: %s",
          batch.size(), batch.tokens().length(), half, e.getMessage());
    }
  }

  /**
   * What came of it.
   *
   * @param step what the optimizer saw; empty where no example fits into memory
   * @param batches the micro-batches that it is the sum of
   * @param tooLarge examples that do not fit alone
   * @param outOfMemory how often memory did not suffice
   */
  record Attempt(
      Optional<LossAndNorm> step, MicroBatches batches, List<Refusal> tooLarge, int outOfMemory) {

    boolean applied() {
      return step.isPresent() && step.get().isFinite();
    }

    /** With what memory did not suffice for before. */
    Attempt after(Attempt earlier) {
      List<Refusal> all = new ArrayList<>(earlier.tooLarge);
      all.addAll(tooLarge);
      return new Attempt(step, batches, all, earlier.outOfMemory + outOfMemory);
    }
  }
}
