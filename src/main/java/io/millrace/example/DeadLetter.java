package io.millrace.example;

import java.util.Objects;

/**
 * A record that will never be trained on, with the rule it broke.
 *
 * @param record the record as it came
 * @param reason the rule's short name, a metric tag
 * @param detail one sentence for a person; names field and limit, never the text itself
 */
public record DeadLetter(InboundRecord record, Reason reason, String detail) {

  public DeadLetter {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(detail, "detail");
  }

  /** Why a record is refused. Adding one is a change of the topic's contract. */
  public enum Reason {
    /** Not JSON in UTF-8, not a JSON object, or a field of the wrong type. */
    UNDECODABLE,
    /** No {@code text}, or a blank one. */
    MISSING_TEXT,
    /** No {@code label}. */
    MISSING_LABEL,
    /** A label that is not in the model's label set. */
    UNKNOWN_LABEL,
    /** The text is longer than the configured size. */
    TEXT_TOO_LARGE,
    /** A string that is no Unicode text, or a label or id that is too long to be one. */
    INVALID_FIELD,
    /** What the base model cannot read: a pair where it has one segment, a text without tokens. */
    UNSUPPORTED_BY_BASE,
    /** A field of a task that this service does not train: {@code labels}, {@code tags}. */
    UNSUPPORTED_TASK,
    /** Its own loss or gradient is not finite. */
    NON_FINITE,
    /** Training on it alone takes more memory than there is. */
    OUT_OF_MEMORY,
    /**
     * It was sent back so late that nobody can tell any more whether a later record is about it.
     */
    OUTDATED
  }
}
