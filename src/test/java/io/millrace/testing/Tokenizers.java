package io.millrace.testing;

import java.nio.charset.StandardCharsets;

/** Tokenizers that differ from {@link TinyTokenizer} in one way. */
public final class Tokenizers {

  private Tokenizers() {}

  /** Adds no special tokens: {@code "post_processor": null}. */
  public static byte[] withoutPostProcessor() {
    return changed(
        "\"post_processor\": {\"type\": \"BertProcessing\", \"sep\": [\"[SEP]\", 2], \"cls\":"
            + " [\"[CLS]\", 1]}",
        "\"post_processor\": null");
  }

  /** Has no token for an unknown word, and fails on one. */
  public static byte[] failingOnUnknownWords() {
    return changed("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"[NONE]\"");
  }

  private static byte[] changed(String part, String to) {
    String json = new String(TinyTokenizer.json(), StandardCharsets.UTF_8);
    if (!json.contains(part)) {
      throw new IllegalArgumentException("the tokenizer has no " + part);
    }
    return json.replace(part, to).getBytes(StandardCharsets.UTF_8);
  }
}
