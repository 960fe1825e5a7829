package io.millrace.intake;

import io.millrace.example.Amendment;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import java.util.Optional;
import java.util.function.IntFunction;

/** What one record came to. Each record comes to exactly one of these. */
public sealed interface IntakeItem {

  /** The record itself: its position is covered by the chunk, and a dead letter forwards it. */
  InboundRecord record();

  /** What it says about the records of its id in front of it; empty where it has no id. */
  default Optional<Amendment> amendment() {
    return Optional.empty();
  }

  /** An example to train on. */
  record ToTrain(InboundRecord record, TokenizedExample example) implements IntakeItem {

    @Override
    public Optional<Amendment> amendment() {
      return correction(example.position(), example.id());
    }
  }

  /** An example to score only. */
  record ToScore(InboundRecord record, HeldOutExample example) implements IntakeItem {

    @Override
    public Optional<Amendment> amendment() {
      return correction(example.position(), example.id());
    }
  }

  /**
   * An example of a label that the model did not have when it was read; which row it gets is known
   * once the examples in front of it are trained on.
   *
   * @param origin where it stands, or where it came from if it was sent back
   * @param id the example's
   * @param label its label's name
   * @param labelled what it comes to, given its label's index
   */
  record ToLabel(
      InboundRecord record,
      RecordPosition origin,
      String id,
      String label,
      IntFunction<IntakeItem> labelled)
      implements IntakeItem {

    @Override
    public Optional<Amendment> amendment() {
      return correction(origin, id);
    }
  }

  private static Optional<Amendment> correction(RecordPosition origin, String id) {
    return id.equals(origin.toString()) // the producer gave none
        ? Optional.empty()
        : Optional.of(new Amendment(origin, id, Amendment.Kind.SUPERSEDED));
  }

  /**
   * The records of an id in front of it are taken back.
   *
   * @param origin where it stands, or where it came from if it was sent back
   * @param id the id
   */
  record ToRetract(InboundRecord record, RecordPosition origin, String id) implements IntakeItem {

    @Override
    public Optional<Amendment> amendment() {
      return Optional.of(new Amendment(origin, id, Amendment.Kind.RETRACTED));
    }
  }

  /**
   * A retried example that a later record of its origin's partition is about, read before it came.
   * Where it was trained on before a restart, it is so again.
   *
   * @param example what it would have come to
   */
  record OutOfDate(IntakeItem example, Amendment.Kind kind) implements IntakeItem {
    @Override
    public InboundRecord record() {
      return example.record();
    }
  }

  /** A record to dead-letter. It says nothing about others. */
  record ToRefuse(DeadLetter letter) implements IntakeItem {
    @Override
    public InboundRecord record() {
      return letter.record();
    }
  }
}
