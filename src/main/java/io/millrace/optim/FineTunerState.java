package io.millrace.optim;

import io.millrace.model.HeadRows;
import io.millrace.model.arch.Architecture;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.torch.file.HostTensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a fine-tuner is after a step, copied to Java memory, so that another thread may write it
 * while training goes on. With the same settings, the next step from here equals the next step of
 * the run that it was taken from. There is no random state in it: that is a function of the seed
 * and the step's number.
 *
 * @param step steps applied so far
 * @param weights those that may be trained, by name, in the order of the model's file
 * @param firstMoments running means of the gradients (the momentum, for SGD), by the same names;
 *     frozen weights have none
 * @param secondMoments AdamW's running means of their squares; empty for SGD
 * @param lazyRows which rows of the word embeddings lag behind; empty where none does
 * @param averages the weights' running averages by the same names, empty where none are kept
 * @param history of the steps before
 */
public record FineTunerState(
    long step,
    Map<String, HostTensor> weights,
    Map<String, HostTensor> firstMoments,
    Map<String, HostTensor> secondMoments,
    Optional<LazyRowsState> lazyRows,
    Map<String, HostTensor> averages,
    StepHistory history) {

  public FineTunerState {
    if (step < 0) {
      throw new IllegalArgumentException("steps start at 0, got " + step);
    }
    weights = ordered(weights);
    firstMoments = ordered(firstMoments);
    secondMoments = ordered(secondMoments);
    averages = ordered(averages);
  }

  /**
   * The same with more labels: fresh rows of the classifier after the old ones, whose weights and
   * moments stay; moments of the new ones are 0. In the last steps new labels count 1.
   *
   * @param architecture of the model
   * @param seed of the fresh rows
   */
  public FineTunerState withLabels(Architecture architecture, int labels, long seed) {
    ParameterSpecs specs = architecture.parameters(labels);
    return new FineTunerState(
        step,
        HeadRows.fresh(weights, specs, seed),
        HeadRows.zero(firstMoments, specs),
        HeadRows.zero(secondMoments, specs),
        lazyRows,
        HeadRows.fresh(averages, specs, seed),
        new StepHistory(
            history.scheduleOrigin(),
            history.scheduleFloor(),
            history.gradNorms(),
            history.lastSteps().stream().map(last -> last.withLabels(labels)).toList()));
  }

  private static Map<String, HostTensor> ordered(Map<String, HostTensor> tensors) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }
}
