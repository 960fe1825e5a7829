package io.millrace.input;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * JSON of earlier releases, which took labels with half of a surrogate pair. Such a label cannot be
 * read back where it is a field's name, and in no announcement; it goes on with U+FFFD in its
 * place.
 */
public final class WellFormedJson {

  private static final char REPLACEMENT = '\ufffd';
  private static final int ESCAPE = 6; // \ and u and four digits

  private WellFormedJson() {}

  /**
   * The same without halves of pairs, which such writers escape.
   *
   * @param json as Jackson wrote it
   * @return the same array where there are none
   */
  public static byte[] repaired(byte[] json) {
    String text = new String(json, UTF_8);
    StringBuilder repaired = new StringBuilder(text.length());
    boolean changed = false;
    int i = 0;
    while (i < text.length()) {
      int unit = escaped(text, i);
      if (unit < 0 || !Character.isSurrogate((char) unit)) {
        int length = text.charAt(i) == '\\' && i + 1 < text.length() ? 2 : 1;
        repaired.append(text, i, i + length);
        i += length;
      } else if (Character.isHighSurrogate((char) unit) && isLow(escaped(text, i + ESCAPE))) {
        repaired.append(text, i, i + 2 * ESCAPE);
        i += 2 * ESCAPE;
      } else {
        repaired.append(REPLACEMENT);
        changed = true;
        i += ESCAPE;
      }
    }
    return changed ? repaired.toString().getBytes(UTF_8) : json;
  }

  private static boolean isLow(int unit) {
    return unit >= 0 && Character.isLowSurrogate((char) unit);
  }

  /** The code unit that is escaped there; negative where none is. */
  private static int escaped(String text, int at) {
    if (!text.startsWith("\\u", at) || at + ESCAPE > text.length()) {
      return -1;
    }
    try {
      return Integer.parseInt(text.substring(at + 2, at + ESCAPE), 16);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
