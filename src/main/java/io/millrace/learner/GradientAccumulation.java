package io.millrace.learner;

import io.millrace.task.OutputWeights;
import io.millrace.tokenize.TokenBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * How a chunk's batches become steps.
 *
 * @param batchesPerStep most batches of a step
 * @param classWeights how much each class counts
 */
public record GradientAccumulation(int batchesPerStep, OutputWeights classWeights) {

  /** Consecutive batches together; the last step of a chunk has what is left. */
  public List<List<TokenBatch>> steps(List<TokenBatch> chunk) {
    List<List<TokenBatch>> steps = new ArrayList<>();
    for (int from = 0; from < chunk.size(); from += batchesPerStep) {
      steps.add(chunk.subList(from, Math.min(from + batchesPerStep, chunk.size())));
    }
    return steps;
  }
}
