package io.millrace.promotion;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.learner.Learner;
import io.millrace.step.CandidateModel;
import io.millrace.version.ModelVersion;
import java.util.Optional;

/** Where a candidate that the gate lets through becomes a version. */
public interface Publishing {

  /**
   * Copies the candidate, then writes and sends it on another thread. Training thread.
   *
   * @param number the version's
   * @param evaluated the model that was evaluated
   * @param verdict its scores, and why it is published
   * @param parent the version that it replaces
   * @param restorePoint what training has left behind by now, for a roll-back to the version
   */
  PendingVersion publish(
      long number,
      Learner learner,
      CandidateModel evaluated,
      PromotionGate.Verdict verdict,
      Optional<ModelVersion> parent,
      Checkpoint restorePoint);
}
