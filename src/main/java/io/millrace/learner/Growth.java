package io.millrace.learner;

import io.millrace.example.OutputSpace;
import io.millrace.step.FineTuner;
import java.util.List;

/** How a learner gets more labels. */
public interface Growth {

  /** Most labels it may have. */
  int maxLabels();

  /**
   * The fine-tuner with a fresh row for each label that it lacks; all else goes on as it was.
   *
   * @param before stays as it is, and the caller's
   * @param labels its labels and more behind them
   */
  FineTuner tuner(FineTuner before, OutputSpace labels);

  /** The output space of these names. */
  OutputSpace outputs(List<String> names);

  /** How its batches become steps. */
  GradientAccumulation plan(OutputSpace labels);
}
