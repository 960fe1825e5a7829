package io.millrace.commit;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.control.ControlState;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.DeadLetter;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.gate.InterimLooks;
import io.millrace.identity.RunIdentity;
import io.millrace.version.RolledBack;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a unit says besides what training left behind. Immutable.
 *
 * @param control what commands left behind
 * @param lettersSent as units were written before {@code letters}: where a run that was given up
 *     had come to; letters of records in front of that were sent, and are not again
 * @param letters records whose letters are sent once the unit is committed; empty in a unit that
 *     was written before this was kept
 * @param rolledBack the last roll-back; empty before one
 * @param looks of the gate during the current version's reign
 * @param letGo examples that the unit keeps and nobody shall train on again; the first work of a
 *     term forgets them, and the journal has them with it
 * @param endsTerm whether it is the last unit of its term: what that term's journal has behind it
 *     does not count
 * @param identity what the unit belongs to
 */
public record OwnerState(
    ControlState control,
    @JsonProperty("lettersSent") Map<Partition, Long> lettersSent,
    @JsonProperty("letters") Optional<SentDeadLetters> letters,
    Optional<RolledBack> rolledBack,
    @JsonProperty("looks") InterimLooks looks,
    @JsonProperty("letGo") List<RecordPosition> letGo,
    boolean endsTerm,
    RunIdentity identity) {

  public static final OwnerState START =
      new OwnerState(
          ControlState.START,
          Map.of(),
          Optional.of(SentDeadLetters.NONE),
          Optional.empty(),
          InterimLooks.NONE,
          List.of(),
          /* endsTerm= */ false,
          RunIdentity.NONE);

  public OwnerState {
    lettersSent = lettersSent == null ? Map.of() : Map.copyOf(lettersSent);
    letters = letters == null ? Optional.empty() : letters;
    looks = looks == null ? InterimLooks.NONE : looks;
    letGo = letGo == null ? List.of() : List.copyOf(letGo);
    identity = identity == null ? RunIdentity.NONE : identity;
  }

  public OwnerState with(ControlState next) {
    return new OwnerState(next, lettersSent, letters, rolledBack, looks, letGo, endsTerm, identity);
  }

  public OwnerState with(InterimLooks next) {
    return new OwnerState(
        control, lettersSent, letters, rolledBack, next, letGo, endsTerm, identity);
  }

  public OwnerState with(RunIdentity next) {
    return new OwnerState(control, lettersSent, letters, rolledBack, looks, letGo, endsTerm, next);
  }

  /**
   * At the end of a term, by topics that are read anew.
   *
   * @param next what it belongs to from then on
   * @param sent letters that were sent of what is still read
   */
  public OwnerState after(RunIdentity next, SentDeadLetters sent) {
    OwnerState now = with(sent);
    return new OwnerState(
        control,
        now.lettersSent,
        now.letters,
        rolledBack,
        looks,
        letGo,
        /* endsTerm= */ true,
        next);
  }

  /** Once the journal has what is let go of. */
  OwnerState withNothingLetGo() {
    return new OwnerState(
        control, lettersSent, letters, rolledBack, looks, List.of(), endsTerm, identity);
  }

  /** Once these letters are sent, too. */
  OwnerState withSent(List<DeadLetter> more) {
    return with(sent(InputPositions.START).with(more.stream().map(OwnerState::position).toList()));
  }

  private static RecordPosition position(DeadLetter letter) {
    return letter.record().position();
  }

  private OwnerState with(SentDeadLetters sent) {
    return new OwnerState(
        control, sent.before(), Optional.of(sent), rolledBack, looks, letGo, endsTerm, identity);
  }

  /**
   * At the end of a term, by a roll-back.
   *
   * @param forgotten what the unit rolled back to keeps and must not
   */
  public OwnerState after(RolledBack event, List<RecordPosition> forgotten) {
    return new OwnerState(
        control,
        lettersSent,
        letters,
        Optional.of(event),
        InterimLooks.NONE,
        forgotten,
        /* endsTerm= */ true,
        identity);
  }

  /**
   * In a term that goes on from it.
   *
   * @param sent letters that are on the broker: by what it says itself, and more
   */
  public OwnerState goneOn(SentDeadLetters sent) {
    OwnerState now = with(sent);
    return new OwnerState(
        control,
        now.lettersSent,
        now.letters,
        rolledBack,
        looks,
        letGo,
        /* endsTerm= */ false,
        identity);
  }

  /**
   * Records whose letters are on the broker. A unit that does not say it of each was written by an
   * earlier release: then all in front of it count, as nothing that was sent is sent twice.
   *
   * @param reached where the unit stands
   */
  public SentDeadLetters sent(InputPositions reached) {
    return letters.orElseGet(
        () -> SentDeadLetters.NONE.andAllBefore(lettersSent).andAllBefore(reached.next()));
  }
}
