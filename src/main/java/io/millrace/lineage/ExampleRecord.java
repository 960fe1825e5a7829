package io.millrace.lineage;

import io.millrace.example.RecordPosition;
import java.util.List;
import java.util.Optional;

/**
 * A record of an example, and what became of it.
 *
 * @param position where it stands
 * @param outcome what became of it
 * @param reason why it was refused or skipped, or why its outcome is not known
 * @param chunk of the journal, counted from 0; empty where it is in none
 * @param versions those with it in their lineage: trained on it, also where it was retracted since
 */
public record ExampleRecord(
    RecordPosition position,
    Outcome outcome,
    Optional<String> reason,
    Optional<Long> chunk,
    List<Long> versions) {

  public ExampleRecord {
    versions = List.copyOf(versions);
  }

  /** One that no chunk has. */
  static ExampleRecord unread(RecordPosition position, Outcome outcome, Optional<String> reason) {
    return new ExampleRecord(position, outcome, reason, Optional.empty(), List.of());
  }

  /** What became of a record. */
  public enum Outcome {
    /** Trained on. */
    TRAINED,
    /** Scored only. */
    HELD_OUT,
    /** Passed over: a later record corrected it in time. */
    SUPERSEDED,
    /** Passed over: a later record retracted it in time. */
    RETRACTED,
    /** It retracts those in front of it. */
    RETRACTION,
    /** Dead-lettered. */
    REFUSED,
    /** Passed over by a roll-back that skipped what had come since. */
    SKIPPED,
    /** Not read yet, or its chunk is not begun. */
    WAITING,
    /** The journal does not tell. */
    UNKNOWN
  }
}
