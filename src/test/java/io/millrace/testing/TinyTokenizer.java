package io.millrace.testing;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A tokenizer with a word for each id of {@link TinyBert}'s vocabulary: {@code w4}, {@code w5}. */
public final class TinyTokenizer {

  private static final String JSON =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
       "model": {"type": "WordLevel", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, %s}}}
      """
          .formatted(
              IntStream.range(4, TinyBert.VOCAB)
                  .mapToObj(id -> "\"w" + id + "\": " + id)
                  .collect(Collectors.joining(", ")));

  private TinyTokenizer() {}

  /** Its {@code tokenizer.json}. */
  public static byte[] json() {
    return JSON.getBytes(StandardCharsets.UTF_8);
  }
}
