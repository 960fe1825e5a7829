package io.millrace.mutation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.storage.Json;
import io.millrace.testing.BertTensors;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Bases that differ in what they can do with a text, small enough for a thousand steps in a test.
 * Their tokenizers are so simple that {@code mutated_records.py} can tell which texts give no
 * token: their words are what white space leaves, once the normalizer is through.
 */
public enum Base {
  /** No second segment for pairs; a tilde vanishes. */
  ONE_SEGMENT(
      1,
      0,
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "decoder": null,
       "normalizer": {"type": "Sequence", "normalizers": [
         {"type": "Lowercase"},
         {"type": "Replace", "pattern": {"String": "~"}, "content": ""}]},
       "pre_tokenizer": {"type": "Whitespace"},
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
       "model": {"type": "WordLevel", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3,
                           "good": 4, "bad": 5, "so": 6, "very": 7}}}
      """),

  /** RoBERTa's special tokens, and its padding that is not 0. */
  FOREIGN(
      2,
      1,
      """
      {"version": "1.0", "truncation": null, "padding": null, "decoder": null, "normalizer": null,
       "added_tokens": [
         {"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
         {"id": 1, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
         {"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
         {"id": 3, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
       "pre_tokenizer": {"type": "Whitespace"},
       "post_processor": {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0],
                          "trim_offsets": true, "add_prefix_space": false},
       "model": {"type": "WordLevel", "unk_token": "<unk>",
                 "vocab": {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3,
                           "good": 4, "bad": 5, "so": 6, "very": 7}}}
      """),

  /** Upper case is kept; accents vanish. */
  CASED(
      2,
      0,
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "decoder": null,
       "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]},
       "pre_tokenizer": {"type": "Whitespace"},
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
       "model": {"type": "WordLevel", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3,
                           "good": 4, "bad": 5, "so": 6, "very": 7, "Good": 8, "GOOD": 9}}}
      """);

  private final int segments;
  private final int padding;
  private final String tokenizer;

  Base(int segments, int padding, String tokenizer) {
    this.segments = segments;
    this.padding = padding;
    this.tokenizer = tokenizer;
  }

  /** Its name in the committed expectations. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As a folder that {@code millrace.model.base} can name; always the same weights. */
  public void write(Path folder) throws IOException {
    BertConfig config =
        new BertConfig(16, 32, 2, 4, 64, 32, segments, 1e-12, 0.1, 0.1, Pooling.CLS);
    Random random = new Random(1);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    BertTensors.encoder(config)
        .forEach((name, shape) -> weights.put(name, random(name, shape, random)));
    ObjectNode json =
        (ObjectNode) Json.MAPPER.readTree(new Bert(config).configJson(List.of("a", "b")));
    json.put("pad_token_id", padding);
    Files.createDirectories(folder);
    Files.write(folder.resolve("config.json"), Json.MAPPER.writeValueAsBytes(json));
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer);
    Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
  }

  private static HostTensor random(String name, long[] shape, Random random) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    float mean = name.endsWith("LayerNorm.weight") ? 1 : 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = mean + (float) (random.nextGaussian() * 0.1);
    }
    return new HostTensor(shape, values);
  }
}
