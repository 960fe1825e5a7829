package io.millrace.example;

/** What the rules for records say of characters: UTF-16 code units, as Java counts them. */
public final class Characters {

  private static final char REPLACEMENT = '\ufffd';

  private Characters() {}

  /** Whether there is nothing to see: no character, or white space and invisible ones only. */
  public static boolean isBlank(String text) {
    return text.codePoints().allMatch(Characters::isInvisible);
  }

  private static boolean isInvisible(int codePoint) {
    return Character.isWhitespace(codePoint)
        || switch (Character.getType(codePoint)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SPACE_SEPARATOR,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        };
  }

  /** Whether no half of a surrogate pair stands alone: such a text has no UTF-8. */
  public static boolean isWellFormed(String text) {
    return text.codePoints().noneMatch(Characters::isSurrogate);
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  /**
   * The text with U+FFFD for each half of a pair that stands alone: the same where there is none.
   */
  static String repaired(String text) {
    return isWellFormed(text)
        ? text
        : text.codePoints()
            .map(codePoint -> isSurrogate(codePoint) ? REPLACEMENT : codePoint)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  /** Whether one of them is a control character (category Cc). */
  static boolean hasControl(String text) {
    return text.codePoints().anyMatch(Character::isISOControl);
  }

  /** The beginning of a text, which ends in front of a surrogate pair that does not fit. */
  public static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean inPair =
        most > 0
            && Character.isHighSurrogate(text.charAt(most - 1))
            && Character.isLowSurrogate(text.charAt(most));
    return text.substring(0, inPair ? most - 1 : most);
  }

  /**
   * Refuses a text that has no UTF-8.
   *
   * @param field its name, as messages show it
   */
  public static String wellFormed(String field, String text) throws BrokenRuleException {
    if (!isWellFormed(text)) {
      throw new BrokenRuleException(
          DeadLetter.Reason.INVALID_FIELD,
          field + " has half of a surrogate pair, which is no Unicode text");
    }
    return text;
  }
}
