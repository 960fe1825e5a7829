package io.millrace.task;

/** Settings of the loss; a task may have no use for some of them. */
public interface LossSettings {

  /** The part of a target that is spread over all classes, 0 to 1. */
  double labelSmoothingFactor();

  /** How much classes count: {@code none}, {@code balanced}, or {@code label=weight} pairs. */
  String classWeights();

  /** How much less well-predicted examples count; 0 for all the same. */
  double focalGamma();
}
