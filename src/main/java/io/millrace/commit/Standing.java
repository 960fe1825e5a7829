package io.millrace.commit;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.control.ControlState;
import io.millrace.event.SentLetters;
import io.millrace.example.DeadLetter;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.gate.Looks;
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
public record Standing(
    ControlState control,
    @JsonProperty("lettersSent") Map<Partition, Long> lettersSent,
    @JsonProperty("letters") Optional<SentLetters> letters,
    Optional<RolledBack> rolledBack,
    @JsonProperty("looks") Looks looks,
    @JsonProperty("letGo") List<RecordPosition> letGo,
    boolean endsTerm,
    RunIdentity identity) {

  public static final Standing START =
      new Standing(
          ControlState.START,
          Map.of(),
          Optional.of(SentLetters.NONE),
          Optional.empty(),
          Looks.NONE,
          List.of(),
          /* endsTerm= */ false,
          RunIdentity.NONE);

  public Standing {
    lettersSent = lettersSent == null ? Map.of() : Map.copyOf(lettersSent);
    letters = letters == null ? Optional.empty() : letters;
    looks = looks == null ? Looks.NONE : looks;
    letGo = letGo == null ? List.of() : List.copyOf(letGo);
    identity = identity == null ? RunIdentity.NONE : identity;
  }

  public Standing with(ControlState next) {
    return new Standing(next, lettersSent, letters, rolledBack, looks, letGo, endsTerm, identity);
  }

  public Standing with(Looks next) {
    return new Standing(control, lettersSent, letters, rolledBack, next, letGo, endsTerm, identity);
  }

  public Standing with(RunIdentity next) {
    return new Standing(control, lettersSent, letters, rolledBack, looks, letGo, endsTerm, next);
  }

  /**
   * At the end of a term, by topics that are read anew.
   *
   * @param next what it belongs to from then on
   * @param sent letters that were sent of what is still read
   */
  public Standing after(RunIdentity next, SentLetters sent) {
    Standing now = with(sent);
    return new Standing(
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
  Standing withNothingLetGo() {
    return new Standing(
        control, lettersSent, letters, rolledBack, looks, List.of(), endsTerm, identity);
  }

  /** Once these letters are sent, too. */
  Standing withSent(List<DeadLetter> more) {
    return with(sent(InputPositions.START).with(more.stream().map(Standing::position).toList()));
  }

  private static RecordPosition position(DeadLetter letter) {
    return letter.record().position();
  }

  private Standing with(SentLetters sent) {
    return new Standing(
        control, sent.before(), Optional.of(sent), rolledBack, looks, letGo, endsTerm, identity);
  }

  /**
   * At the end of a term, by a roll-back.
   *
   * @param forgotten what the unit rolled back to keeps and must not
   */
  public Standing after(RolledBack event, List<RecordPosition> forgotten) {
    return new Standing(
        control,
        lettersSent,
        letters,
        Optional.of(event),
        Looks.NONE,
        forgotten,
        /* endsTerm= */ true,
        identity);
  }

  /**
   * In a term that goes on from it.
   *
   * @param sent letters that are on the broker: by what it says itself, and more
   */
  public Standing goneOn(SentLetters sent) {
    Standing now = with(sent);
    return new Standing(
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
  public SentLetters sent(InputPositions reached) {
    return letters.orElseGet(
        () -> SentLetters.NONE.andAllBefore(lettersSent).andAllBefore(reached.next()));
  }
}
