package io.millrace.example;

import java.util.Objects;

/** A value breaks a rule for records. The message names field and rule, and quotes no text. */
public final class BrokenRuleException extends Exception {

  private static final long serialVersionUID = 1L;

  private final DeadLetter.Reason reason;

  public BrokenRuleException(DeadLetter.Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The rule's short name. */
  public DeadLetter.Reason reason() {
    return reason;
  }
}
