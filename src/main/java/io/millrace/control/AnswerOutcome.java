package io.millrace.control;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What came of a command. */
public enum AnswerOutcome {
  DONE,
  REFUSED,
  /** One of its id was answered before. */
  IGNORED;

  /** In lower case. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
