package io.millrace.pipeline;

import io.millrace.example.RecordPosition;
import io.millrace.publication.Looks;
import io.millrace.publication.RolledBack;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a unit says besides what training left behind. Immutable.
 *
 * @param control what commands left behind
 * @param lettersSent where a run that was given up had come to: letters of records in front of that
 *     were sent, and are not again
 * @param rolledBack the last roll-back; empty before one
 * @param looks of the gate during the current version's reign
 * @param letGo examples that the unit keeps and nobody shall train on again; the first work of a
 *     term forgets them, and the journal has them with it
 * @param endsTerm whether it is the last unit of its term: what that term's journal has behind it
 *     does not count
 */
record Standing(
    ControlState control,
    Map<String, Long> lettersSent,
    Optional<RolledBack> rolledBack,
    Looks looks,
    List<RecordPosition> letGo,
    boolean endsTerm) {

  static final Standing START =
      new Standing(
          ControlState.START,
          Map.of(),
          Optional.empty(),
          Looks.NONE,
          List.of(),
          /* endsTerm= */ false);

  Standing {
    lettersSent = Map.copyOf(lettersSent);
    looks = looks == null ? Looks.NONE : looks;
    letGo = letGo == null ? List.of() : List.copyOf(letGo);
  }

  Standing with(ControlState next) {
    return new Standing(next, lettersSent, rolledBack, looks, letGo, endsTerm);
  }

  Standing with(Looks next) {
    return new Standing(control, lettersSent, rolledBack, next, letGo, endsTerm);
  }

  /** Once the journal has what is let go of. */
  Standing withNothingLetGo() {
    return new Standing(control, lettersSent, rolledBack, looks, List.of(), endsTerm);
  }

  /**
   * At the end of a term, by a roll-back.
   *
   * @param reached by the run that is given up
   * @param forgotten what the unit rolled back to keeps and must not
   */
  Standing after(RolledBack event, InputPositions reached, List<RecordPosition> forgotten) {
    return new Standing(
        control,
        sent().andUpTo(reached).next(),
        Optional.of(event),
        Looks.NONE,
        forgotten,
        /* endsTerm= */ true);
  }

  /**
   * In a term that goes on from it.
   *
   * @param sent letters of records in front of these positions are on the broker: by what it says
   *     itself, or further
   */
  Standing goneOn(InputPositions sent) {
    return new Standing(control, sent.next(), rolledBack, looks, letGo, /* endsTerm= */ false);
  }

  /** Letters of records in front of these positions are on the broker already. */
  InputPositions sent() {
    return new InputPositions(lettersSent);
  }
}
