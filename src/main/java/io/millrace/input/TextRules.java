package io.millrace.input;

import io.millrace.example.BrokenRuleException;
import io.millrace.example.Characters;
import io.millrace.example.DeadLetter.Reason;
import java.util.Optional;

/**
 * What a text to classify and its pair may be, in records and in requests alike. Immutable.
 *
 * @param maxCharacters longest text accepted
 */
public record TextRules(int maxCharacters) {

  /**
   * Checks the text.
   *
   * @param field its name, as messages show it
   * @param value null where it is absent
   */
  public String text(String field, String value) throws BrokenRuleException {
    if (value != null) {
      Characters.wellFormed(field, value);
    }
    if (value == null || Characters.isBlank(value)) {
      throw new BrokenRuleException(Reason.MISSING_TEXT, field + " is missing or blank");
    }
    return notTooLong(field, value);
  }

  /** Checks the second text of a pair; empty where it is absent or blank. */
  public Optional<String> pair(String field, String value) throws BrokenRuleException {
    if (value == null) {
      return Optional.empty();
    }
    Characters.wellFormed(field, value);
    return Characters.isBlank(value) ? Optional.empty() : Optional.of(notTooLong(field, value));
  }

  private String notTooLong(String field, String value) throws BrokenRuleException {
    if (value.length() > maxCharacters) {
      throw new BrokenRuleException(
          Reason.TEXT_TOO_LARGE,
          "%s has %d characters, the limit is %d".formatted(field, value.length(), maxCharacters));
    }
    return value;
  }
}
