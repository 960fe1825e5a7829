package io.millrace.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Checks that a {@code tokenizer.json} belongs to the model beside it. */
final class TokenizerJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerJson() {}

  /**
   * @throws BaseModelException when it is no tokenizer, or makes ids that the word embedding has no
   *     row for: the first text with one would fail deep inside the engine
   */
  static void check(byte[] json, String file, ModelConfig config) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException e) {
      throw new BaseModelException(file + " is not valid JSON", e);
    }
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isEmpty()) {
      throw new BaseModelException(file + ": \"model\" has no \"vocab\"");
    }
    int largest = vocabulary.isArray() ? vocabulary.size() - 1 : 0;
    if (vocabulary.isObject()) {
      for (JsonNode id : vocabulary) {
        largest = Math.max(largest, id.asInt());
      }
    }
    for (JsonNode added : root.path("added_tokens")) {
      largest = Math.max(largest, added.path("id").asInt());
    }
    if (largest >= config.vocabSize()) {
      throw new BaseModelException(
          "%s has the token id %d, the model's vocab_size is %d"
              .formatted(file, largest, config.vocabSize()));
    }
  }
}
