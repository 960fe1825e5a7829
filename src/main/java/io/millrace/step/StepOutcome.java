package io.millrace.step;

import java.util.List;

/**
 * What became of a step. Sealed: every reader must say what it does with each case, because every
 * example needs exactly one recorded outcome.
 */
public sealed interface StepOutcome {

  /** Examples that must not be trained on, each with its reason. */
  List<Refusal> refused();

  /** How often memory did not suffice. */
  int outOfMemory();

  /**
   * The weights moved.
   *
   * @param step the step's number, from 1
   * @param loss the weighted mean that was minimised, with dropout, nats, of the examples trained
   *     on
   * @param gradNorm the gradients' global norm before clipping
   * @param gradNormSpike whether that norm is far above those of the steps before
   * @param learningRate the rate
   * @param refused examples that were left out
   * @param microBatches examples in each of the passes that the gradients are the sum of
   * @param outOfMemory how often the step began anew in smaller micro-batches, or without an
   *     example, because memory did not suffice
   */
  record Applied(
      long step,
      double loss,
      double gradNorm,
      boolean gradNormSpike,
      double learningRate,
      List<Refusal> refused,
      List<Integer> microBatches,
      int outOfMemory)
      implements StepOutcome {

    public Applied {
      refused = List.copyOf(refused);
      microBatches = List.copyOf(microBatches);
    }
  }

  /**
   * Nothing was written; the step's number is not used up.
   *
   * @param reason one sentence for a person
   * @param refused all examples of the step
   * @param outOfMemory how often memory did not suffice
   */
  record Rejected(String reason, List<Refusal> refused, int outOfMemory) implements StepOutcome {

    public Rejected {
      refused = List.copyOf(refused);
    }
  }
}
