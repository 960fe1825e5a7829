package io.millrace.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.arch.BaseModelException;
import io.millrace.model.arch.InputLimits;
import java.io.IOException;

/** Checks that a {@code tokenizer.json} belongs to the model beside it. */
final class TokenizerJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerJson() {}

  /**
   * @throws BaseModelException when it is no tokenizer, makes ids that the word embedding has no
   *     row for, or has none for unknown words: the first text with one would fail deep inside the
   *     engine
   */
  static void check(byte[] json, String file, InputLimits limits) {
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
    JsonNode unknown = root.path("model").path("unk_token");
    if (vocabulary.isObject() && unknown.isTextual() && !vocabulary.has(unknown.asText())) {
      throw new BaseModelException(
          "%s: \"vocab\" lacks the \"unk_token\" %s".formatted(file, unknown));
    }
    long largest = vocabulary.isArray() ? vocabulary.size() - 1 : largest(vocabulary);
    for (JsonNode added : root.path("added_tokens")) {
      largest = Math.max(largest, added.path("id").asLong());
    }
    largest = Math.max(largest, largest(root.path("post_processor"))); // ids around every text
    if (largest >= limits.vocabulary()) {
      throw new BaseModelException(
          "%s has the token id %d, the model's vocab_size is %d"
              .formatted(file, largest, limits.vocabulary()));
    }
  }

  /** The largest number anywhere within. */
  private static long largest(JsonNode node) {
    long largest = node.isNumber() ? node.asLong() : 0;
    for (JsonNode child : node) {
      largest = Math.max(largest, largest(child));
    }
    return largest;
  }
}
