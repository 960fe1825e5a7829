package io.millrace.model.arch;

import io.millrace.tokenize.BaseCapability;
import io.millrace.tokenize.TokenMatrix;

/**
 * The tokens that a model has weights for. Others are refused before the model runs: on a GPU such
 * a look-up ends the process.
 *
 * @param vocabulary rows of the table of words: token ids are below it
 * @param segments segment ids are below it; with 1 it cannot tell a pair apart
 * @param length the longest text, in tokens
 */
public record InputLimits(int vocabulary, int segments, int length) {

  /** What a tokenizer must know of it. */
  public BaseCapability capability() {
    return new BaseCapability(vocabulary, segments);
  }

  /**
   * @throws IllegalArgumentException where the model has no weights for a token, naming it
   */
  public void check(TokenMatrix tokens) {
    if (tokens.length() > length) {
      throw new IllegalArgumentException(
          "a text has "
              + tokens.length()
              + " tokens, the model takes "
              + length
              + " (max_position_embeddings); cut it when tokenizing");
    }
    check("token id", tokens.ids(), "vocab_size", vocabulary);
    check("segment id", tokens.typeIds(), "type_vocab_size", segments);
  }

  private static void check(String what, long[] ids, String limitName, int limit) {
    for (long id : ids) {
      if (id < 0 || id >= limit) {
        throw new IllegalArgumentException(
            what + " " + id + " is outside the model's " + limitName + " " + limit);
      }
    }
  }
}
