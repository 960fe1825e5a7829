package io.millrace.pipeline;

import io.millrace.drift.DriftAction;
import io.millrace.drift.DriftSignal;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.training.FineTuner;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What drift signals of a chunk bring about behind it. Training thread only. */
final class DriftReactions {

  private final boolean replays;
  private final Set<DriftAction> wanted = EnumSet.noneOf(DriftAction.class);
  private int made;

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

  /** Behind the chunk, so that a repeated one brings the same about. */
  void react(FineTuner tuner, HeldOutWindow heldOut) {
    boolean reacts = replays && wanted.contains(DriftAction.RAISE_REPLAY);
    if (wanted.contains(DriftAction.REWARM)) {
      reacts |= tuner.rewarm();
    }
    if (wanted.contains(DriftAction.SHORTEN_WINDOW)) {
      heldOut.shorten();
      reacts = true;
    }
    wanted.clear();
    made += reacts ? 1 : 0;
  }

  /** Chunks behind which they changed how training, or what judges it, goes on. */
  int made() {
    return made;
  }
}
