package io.millrace.training;

import io.millrace.tokenize.TokenizedExample;
import java.util.List;

/**
 * What became of a batch. Sealed: every reader must say what it does with each case, because every
 * example needs exactly one recorded outcome.
 */
public sealed interface StepOutcome {

  /**
   * The weights moved.
   *
   * @param step the step's number, from 1
   * @param loss weighted mean cross-entropy with dropout, nats, of the examples trained on
   * @param gradNorm the gradients' global norm before clipping
   * @param gradNormSpike whether that norm is far above those of the steps before
   * @param learningRate the rate
   * @param refused examples of the batch that were left out because their own loss or gradient is
   *     not finite
   */
  record Applied(
      long step,
      double loss,
      double gradNorm,
      boolean gradNormSpike,
      double learningRate,
      List<TokenizedExample> refused)
      implements StepOutcome {

    public Applied {
      refused = List.copyOf(refused);
    }
  }

  /**
   * Nothing was written; the step's number is not used up.
   *
   * @param reason one sentence for a person
   * @param culprits the examples that must not be trained on: all of the batch
   */
  record Rejected(String reason, List<TokenizedExample> culprits) implements StepOutcome {

    public Rejected {
      culprits = List.copyOf(culprits);
    }
  }
}
