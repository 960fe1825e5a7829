package io.millrace.learner;

import io.millrace.example.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The steps refused in a row, and the dead letters of their examples, held back until it is clear
 * who is to blame: a step applied next shows that the examples were, too many refused in a row that
 * the model is. While any is held there is no checkpoint, so that a restart reads them again.
 * Training thread only.
 */
public final class RejectedSteps {

  private static final Logger LOG = Logger.getLogger(RejectedSteps.class);

  private final int max;
  private final List<DeadLetter> held = new ArrayList<>();
  private int inARow;

  /**
   * @param max refused steps in a row that end training
   */
  public RejectedSteps(int max) {
    this.max = max;
  }

  /**
   * Takes in a refused step.
   *
   * @param letters one for each of its examples
   * @throws BrokenTrainingException where this is one too many in a row
   */
  void add(String reason, List<DeadLetter> letters) {
    inARow++;
    held.addAll(letters);
    if (inARow >= max) {
      throw new BrokenTrainingException(
          "%d training steps in a row were refused, the last because of %s; none of their %d examples was dead-lettered, they are read again from the last checkpoint. If the examples are at fault, raise millrace.training.max-rejected-steps"
              .formatted(inARow, reason, held.size()));
    }
    LOG.warnf(
        "%d of %d steps in a row refused, %s: its %d examples are dead-lettered once a step succeeds",
        inARow, max, reason, letters.size());
  }

  /** A step was applied: the run of refused ones is over, their letters are to be sent. */
  List<DeadLetter> release() {
    List<DeadLetter> letters = List.copyOf(held);
    held.clear();
    inARow = 0;
    return letters;
  }

  boolean isEmpty() {
    return inARow == 0;
  }
}
