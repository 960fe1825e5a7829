package io.millrace.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.storage.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that a tokenizer is published as: {@code tokenizer.json}, {@code
 * tokenizer_config.json}, and what else the base has.
 */
final class TokenizerFiles {

  static final String CONFIG = "tokenizer_config.json";

  private static final String SPECIAL_TOKENS = "special_tokens_map.json";

  /**
   * Settings of the machine that made the base, or the base's own code. A user who loads a version
   * asked for neither.
   */
  private static final List<String> NOT_CARRIED =
      List.of("auto_map", "name_or_path", "special_tokens_map_file", "tokenizer_file");

  private TokenizerFiles() {}

  /** Truncation and padding are the caller's choice; a fixed padding makes short texts costly. */
  static JsonNode tokenizer(JsonNode base) {
    ObjectNode copy = base.deepCopy();
    copy.putNull("truncation");
    copy.putNull("padding");
    return copy;
  }

  /**
   * The base's own, with what decides about tokens set as they were trained on: {@code
   * BertTokenizer} of transformers makes its normalizer from this file, not from {@code
   * tokenizer.json}, and an option left out here would give others. Any other normalizer is for the
   * class that takes {@code tokenizer.json} as it is.
   *
   * @param base the base's {@code tokenizer.json}
   * @param files its other files, by name
   * @param maxLength longest text in tokens
   */
  static JsonNode config(JsonNode base, Map<String, byte[]> files, int maxLength)
      throws IOException {
    ObjectNode config = object(files, CONFIG);
    config.remove(NOT_CARRIED);
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
    addSpecialTokens(config, object(files, SPECIAL_TOKENS), new SpecialTokens(base));
    return config;
  }

  private static void addSpecialTokens(ObjectNode config, JsonNode own, SpecialTokens found) {
    own.properties()
        .forEach(
            token -> {
              if (!config.hasNonNull(token.getKey())) {
                config.set(token.getKey(), token.getValue());
              }
            });
    for (String role : SpecialTokens.ROLES) {
      Optional<String> token = found.of(role);
      if (!config.hasNonNull(role + "_token") && token.isPresent()) {
        config.put(role + "_token", token.get());
      }
    }
  }

  private static ObjectNode object(Map<String, byte[]> files, String name) throws IOException {
    JsonNode own = files.containsKey(name) ? Json.MAPPER.readTree(files.get(name)) : null;
    return own instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode();
  }
}
