package io.millrace.gate;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the gate decided after an evaluation. */
public enum EvaluationOutcome {
  PUBLISH,
  HOLD,
  ROLL_BACK;

  /** The outcome of a decision. */
  public static EvaluationOutcome of(PublicationDecision decision) {
    if (decision instanceof PublicationDecision.RollBack) {
      return ROLL_BACK;
    }
    return decision instanceof PublicationDecision.Publish ? PUBLISH : HOLD;
  }

  /** In lower case, with dashes. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
