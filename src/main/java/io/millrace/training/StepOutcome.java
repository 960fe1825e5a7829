package io.millrace.training;

import io.millrace.tokenize.TokenizedExample;
import java.util.List;

/** What became of a batch. Sealed: a further outcome is a deliberate change for every caller. */
public sealed interface StepOutcome {

  /**
   * The weights moved.
   *
   * @param step this step's number, from 1
   * @param loss mean training loss before the step, nats
   * @param gradNorm global gradient norm before clipping
   * @param learningRate the rate used
   * @param refused examples left out because their own loss or gradient is not finite
   */
  record Applied(
      long step, double loss, double gradNorm, double learningRate, List<TokenizedExample> refused)
      implements StepOutcome {
    public Applied {
      refused = List.copyOf(refused);
    }
  }

  /**
   * The weights did not move: no example of the batch can be trained on.
   *
   * @param reason why, for the log
   * @param culprits every example of the batch
   */
  record Rejected(String reason, List<TokenizedExample> culprits) implements StepOutcome {
    public Rejected {
      culprits = List.copyOf(culprits);
    }
  }
}
