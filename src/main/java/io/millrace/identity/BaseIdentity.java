package io.millrace.identity;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a base model, each by its sha256 in lower-case hex.
 *
 * @param weights of {@code model.safetensors}
 * @param tokenizer of {@code tokenizer.json}
 * @param config of {@code config.json}
 */
public record BaseIdentity(String weights, String tokenizer, String config) {

  static final String WEIGHTS = "weights";

  /** By the name of the part. */
  Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put(WEIGHTS, weights);
    parts.put("tokenizer", tokenizer);
    parts.put("config", config);
    return parts;
  }
}
