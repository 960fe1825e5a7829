package io.millrace.model;

import io.millrace.model.arch.BertConfig;
import io.millrace.tokenize.TokenMatrix;

/** Refuses tokens that the embeddings have no row for: on a GPU such a look-up ends the process. */
final class TokenLimits {

  private TokenLimits() {}

  static void check(TokenMatrix tokens, BertConfig config) {
    if (tokens.length() > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException(
          "a text has "
              + tokens.length()
              + " tokens, the model takes "
              + config.maxPositionEmbeddings()
              + " (max_position_embeddings); cut it when tokenizing");
    }
    check("token id", tokens.ids(), "vocab_size", config.vocabSize());
    check("segment id", tokens.typeIds(), "type_vocab_size", config.typeVocabSize());
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
