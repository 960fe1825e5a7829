package io.millrace.pipeline;

import io.millrace.publication.Looks;
import io.millrace.publication.RolledBack;
import java.util.Map;
import java.util.Optional;

/**
 * What a unit says besides what training left behind. Immutable.
 *
 * @param control what commands left behind
 * @param lettersSent where a run that was rolled back had come to: letters of records in front of
 *     that were sent, and are not again
 * @param rolledBack the last roll-back; empty before one
 * @param looks of the gate during the current version's reign
 * @param endsTerm whether it is the last unit of its term: what that term's journal has behind it
 *     does not count
 */
record Standing(
    ControlState control,
    Map<String, Long> lettersSent,
    Optional<RolledBack> rolledBack,
    Looks looks,
    boolean endsTerm) {

  static final Standing START =
      new Standing(
          ControlState.START, Map.of(), Optional.empty(), Looks.NONE, /* endsTerm= */ false);

  Standing {
    lettersSent = Map.copyOf(lettersSent);
    looks = looks == null ? Looks.NONE : looks;
  }

  Standing with(ControlState next) {
    return new Standing(next, lettersSent, rolledBack, looks, endsTerm);
  }

  Standing with(Looks next) {
    return new Standing(control, lettersSent, rolledBack, next, endsTerm);
  }

  /** At the end of a term, by a roll-back. */
  Standing after(RolledBack event, InputPositions reached) {
    return new Standing(
        control, reached.next(), Optional.of(event), Looks.NONE, /* endsTerm= */ true);
  }

  /** In a term that goes on from it. */
  Standing goneOn() {
    return new Standing(control, lettersSent, rolledBack, looks, /* endsTerm= */ false);
  }
}
