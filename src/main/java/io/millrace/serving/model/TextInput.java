package io.millrace.serving.model;

import java.util.Objects;
import java.util.Optional;

/**
 * One text, or pair of texts, to classify. {@link #toString()} never shows it.
 *
 * @param text the text
 * @param textPair the second text of a sentence pair
 */
public record TextInput(String text, Optional<String> textPair) {

  public TextInput {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(textPair, "textPair");
  }

  @Override
  public String toString() {
    return "TextInput[" + text.length() + " characters]";
  }
}
