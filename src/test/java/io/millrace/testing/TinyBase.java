package io.millrace.testing;

import io.millrace.model.arch.Bert;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The tiny BERT as a folder that {@code millrace.model.base} can name. It knows a few words. */
public final class TinyBase {

  /** The token of {@code good}. */
  public static final int GOOD = 2;

  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 7], "cls": ["[CLS]", 6]},
       "model": {"type": "WordLevel", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[UNK]": 1, "good": 2, "bad": 3, "so": 4, "very": 5,
                           "[CLS]": 6, "[SEP]": 7}}}
      """;

  private TinyBase() {}

  public static void write(Path folder) throws IOException {
    write(folder, TinyBert.base(0.1).weights());
  }

  /** With these weights. */
  public static void write(Path folder, Map<String, HostTensor> weights) throws IOException {
    Files.createDirectories(folder);
    Files.write(
        folder.resolve("config.json"),
        new Bert(TinyBert.config(0.1)).configJson(List.of("low", "high")));
    Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
    Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
  }
}
