package io.millrace.tokenize;

/** What became of one text or pair. */
public sealed interface Tokenization {

  /** Its tokens. */
  record Tokens(TokenizedText text) implements Tokenization {}

  /**
   * The base cannot read it.
   *
   * @param rule the rule that it breaks; one sentence, which quotes nothing of the text
   */
  record Refused(String rule) implements Tokenization {}

  /**
   * Its tokens.
   *
   * @throws IllegalArgumentException naming the rule, where it has none
   */
  default TokenizedText orThrow() {
    if (this instanceof Tokens tokens) {
      return tokens.text();
    }
    throw new IllegalArgumentException(((Refused) this).rule());
  }
}
