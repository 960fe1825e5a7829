package io.millrace.step;

import ai.djl.ndarray.NDList;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.model.arch.InputLimits;
import io.millrace.task.OutputWeights;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.time.Instant;
import java.util.List;

/** Tells broken weights from broken examples, so that no stream is blamed for a model's state. */
final class FiniteWeightsCheck {

  private static final int LENGTH = 8;

  private final Objective objective;
  private final TokenBatch input;
  private final double[] sameForAll;

  /**
   * @param target of the fixed input
   */
  FiniteWeightsCheck(Objective objective, Target target) {
    this.objective = objective;
    this.input =
        TokenBatch.of(List.of(fixedInput(objective.model().architecture().limits(), target)));
    this.sameForAll = OutputWeights.same(objective.model().numLabels());
  }

  /**
   * @throws NonFiniteWeightsException where a weight is not finite, or a fixed input without
   *     dropout has no finite loss and gradient
   */
  void requireFiniteWeights() {
    NDList weights = new NDList(objective.model().parameters().trainable().values());
    double norm = objective.model().operators().globalNorm(weights);
    if (!Double.isFinite(norm)) {
      throw new NonFiniteWeightsException(
          "the model's weights are not finite, their norm is " + norm);
    }
    if (!objective.isFinite(input, sameForAll, false)) {
      throw new NonFiniteWeightsException(
          "the model's weights are finite (norm "
              + norm
              + ") but a fixed input of "
              + LENGTH
              + " tokens gives no finite loss and gradient");
    }
  }

  private static TokenizedExample fixedInput(InputLimits limits, Target target) {
    int length = Math.min(LENGTH, limits.length());
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = i % limits.vocabulary();
    }
    return new TokenizedExample(
        "probe",
        new TokenizedText(ids, new int[length]),
        target,
        1,
        Instant.EPOCH,
        new RecordPosition("probe", 0, 0));
  }
}
