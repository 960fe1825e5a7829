package io.millrace.publication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/**
 * The two files that a tokenizer is published as: {@code tokenizer.json} and {@code
 * tokenizer_config.json}.
 */
final class TokenizerFiles {

  private static final List<String> SPECIAL_TOKENS = List.of("unk", "sep", "pad", "cls", "mask");

  private TokenizerFiles() {}

  /** Truncation and padding are the caller's choice; a fixed padding makes short texts costly. */
  static JsonNode tokenizer(JsonNode base) {
    ObjectNode copy = base.deepCopy();
    copy.putNull("truncation");
    copy.putNull("padding");
    return copy;
  }

  /**
   * {@code BertTokenizer} of transformers makes its normalizer from this file, not from {@code
   * tokenizer.json}: an option left out here would give other tokens than those trained on. Any
   * other normalizer is for the class that takes {@code tokenizer.json} as it is.
   *
   * @param maxLength longest text in tokens
   */
  static JsonNode config(JsonNode base, int maxLength) {
    ObjectNode config = Json.MAPPER.createObjectNode();
    JsonNode normalizer = base.path("normalizer");
    if (normalizer.path("type").asText().equals("BertNormalizer")) {
      config.put("tokenizer_class", "BertTokenizer");
      config.put("do_lower_case", normalizer.path("lowercase").asBoolean(true));
      config.set("strip_accents", normalizer.get("strip_accents"));
      config.put("tokenize_chinese_chars", normalizer.path("handle_chinese_chars").asBoolean(true));
    } else {
      config.put("tokenizer_class", "PreTrainedTokenizerFast");
    }
    config.put("model_max_length", maxLength);
    JsonNode vocabulary = base.path("model").path("vocab");
    for (String role : SPECIAL_TOKENS) {
      String token = "[" + role.toUpperCase(Locale.ROOT) + "]";
      if (vocabulary.has(token)) {
        config.put(role + "_token", token);
      }
    }
    return config;
  }
}
