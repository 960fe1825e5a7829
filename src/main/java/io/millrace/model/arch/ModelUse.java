package io.millrace.model.arch;

import java.util.Locale;

/**
 * What loads a version, in the words of its model card.
 *
 * @param library the library that the Hugging Face hub is to show code for
 * @param notes Markdown with one {@code %d}: the longest text in tokens
 */
public record ModelUse(String library, String notes) {

  static final ModelUse MILLRACE =
      new ModelUse(
          "millrace",
          """
          ## Use

          Millrace loads this folder; no other library is known to. Texts are cut at %d tokens.
          """);

  /**
   * @param maxLength of a text, in tokens
   */
  public String notes(int maxLength) {
    return String.format(Locale.ROOT, notes, maxLength);
  }
}
