package io.millrace.pipeline;

import io.millrace.example.LabelSet;
import io.millrace.training.FineTuner;

/** How a learner gets more labels. */
interface Growth {

  /** Most labels it may have. */
  int maxLabels();

  /**
   * The fine-tuner with a fresh row for each label that it lacks; all else goes on as it was.
   *
   * @param before stays as it is, and the caller's
   * @param labels its labels and more behind them
   */
  FineTuner tuner(FineTuner before, LabelSet labels);

  /** How its batches become steps. */
  StepPlan plan(LabelSet labels);
}
