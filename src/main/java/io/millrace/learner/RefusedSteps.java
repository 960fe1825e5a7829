package io.millrace.learner;

import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedText;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Who is to blame for refused steps, where no further step comes that would show it: a stream that
 * pauses behind them must hold up neither checkpoints nor commands. A model that still answers on
 * other examples is not to blame.
 */
public final class RefusedSteps {

  private static final Logger LOG = Logger.getLogger(RefusedSteps.class);
  private static final int PROBES = 8;

  private RefusedSteps() {}

  /**
   * Gives the examples of refused steps their outcome. Training thread.
   *
   * @throws BrokenTrainingException where the model is to blame
   */
  public static void settle(Learner learner) {
    List<TokenizedText> probes =
        Stream.concat(
                learner.heldOut().examples().stream().map(HeldOutExample::text),
                learner.replay().state().kept().stream().map(kept -> kept.example().text()))
            .limit(PROBES)
            .toList();
    if (!probes.isEmpty() && !isFinite(learner.tuner().logits(TokenMatrix.of(probes)))) {
      throw new BrokenTrainingException(
          "training steps were refused, and the model answers other examples with numbers that are"
              + " not finite; none of the refused examples was dead-lettered");
    }
    LOG.infof(
        "no step follows those that were refused; the model answers %d other examples, so the"
            + " refused ones are to blame",
        probes.size());
    learner.blameExamples();
  }

  private static boolean isFinite(float[][] logits) {
    for (float[] row : logits) {
      for (float value : row) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }
}
