package io.millrace.learner;

import io.millrace.drift.DriftAction;
import io.millrace.drift.DriftSignal;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.step.FineTuner;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What the drift signals of one chunk bring about after it. Training thread only. */
final class DriftReactions {

  private final boolean replays;
  private final Set<DriftAction> wanted = EnumSet.noneOf(DriftAction.class);

  /**
   * @param replays whether there is a replay to raise
   */
  DriftReactions(boolean replays) {
    this.replays = replays;
  }

  /** Of one step. */
  void add(List<DriftSignal> signals) {
    signals.forEach(signal -> wanted.addAll(signal.actions()));
  }

  /**
   * Changes it after the chunk, so that a repeated one brings the same about.
   *
   * @return whether how training, or what judges it, goes on has changed
   */
  boolean react(FineTuner tuner, HeldOutWindow heldOut) {
    boolean reacts = replays && wanted.contains(DriftAction.RAISE_REPLAY);
    if (wanted.contains(DriftAction.REWARM)) {
      reacts |= tuner.rewarm();
    }
    if (wanted.contains(DriftAction.SHORTEN_WINDOW)) {
      heldOut.shorten();
      reacts = true;
    }
    return reacts;
  }
}
