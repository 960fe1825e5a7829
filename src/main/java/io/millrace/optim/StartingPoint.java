package io.millrace.optim;

import io.millrace.torch.file.HostTensor;
import java.util.Map;
import java.util.Optional;

/**
 * Where a fine-tuner goes on, besides weights and moments.
 *
 * @param step steps applied before
 * @param averages see {@link FineTunerState}
 * @param history of the steps before
 * @param lazyRows rows of the word embeddings that lag behind
 */
public record StartingPoint(
    long step,
    Map<String, HostTensor> averages,
    StepHistory history,
    Optional<LazyRowsState> lazyRows) {

  public static final StartingPoint FIRST_STEP =
      new StartingPoint(0, Map.of(), StepHistory.NONE, Optional.empty());

  public static StartingPoint of(FineTunerState state) {
    return new StartingPoint(state.step(), state.averages(), state.history(), state.lazyRows());
  }
}
