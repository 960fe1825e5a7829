package io.millrace.step;

import io.millrace.example.DeadLetter.Reason;
import io.millrace.tokenize.TokenizedExample;

/**
 * An example that was left out of a step and must not be trained on.
 *
 * @param example the example
 * @param reason {@code NON_FINITE} or {@code OUT_OF_MEMORY}
 * @param detail one sentence for a person, without the text
 */
public record Refusal(TokenizedExample example, Reason reason, String detail) {

  static Refusal nonFinite(TokenizedExample example) {
    return new Refusal(example, Reason.NON_FINITE, "its own loss or gradient is not finite");
  }

  static Refusal tooLarge(TokenizedExample example) {
    return new Refusal(
        example,
        Reason.OUT_OF_MEMORY,
        "its %d tokens do not fit into memory alone".formatted(example.text().length()));
  }
}
