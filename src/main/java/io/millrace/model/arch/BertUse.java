package io.millrace.model.arch;

/** What loads a BERT, by its pooling. */
final class BertUse {

  private static final String TRANSFORMERS =
      """
      ## Use

      ```python
      from transformers import pipeline

      classify = pipeline("text-classification", model="path/to/this/folder")
      classify("your text", truncation=True, max_length=%d)
      ```
      """;

  /** Without the pooling layer, because BertModel would make a random one and warn of it. */
  private static final String MEAN =
      """
      ## Use

      **transformers' `AutoModelForSequenceClassification` and `pipeline` do not load this \
      unchanged.** The classifier reads the mean of a text's tokens, for which transformers has no \
      class: with no more than a warning they would put a random pooler in front of it, and answer \
      with noise. So `architectures` in `config.json` names the encoder alone (`BertModel`), and \
      `classifier_pooling` is `mean`. Millrace loads it, and so does this:

      ```python
      import torch
      from safetensors.torch import load_file
      from transformers import AutoModel, AutoTokenizer

      folder = "path/to/this/folder"
      tokenizer = AutoTokenizer.from_pretrained(folder)
      encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
      tensors = load_file(f"{folder}/model.safetensors")

      texts = ["your text"]
      batch = tokenizer(texts, padding=True, truncation=True, max_length=%d, return_tensors="pt")
      with torch.no_grad():
          hidden = encoder(**batch).last_hidden_state
          mask = batch["attention_mask"].unsqueeze(-1)
          mean = (hidden * mask).sum(1) / mask.sum(1)
          logits = mean @ tensors["classifier.weight"].T + tensors["classifier.bias"]
      print([encoder.config.id2label[i] for i in logits.argmax(-1).tolist()])
      ```
      """;

  private BertUse() {}

  static ModelUse of(Pooling pooling) {
    return switch (pooling) {
      case CLS -> new ModelUse("transformers", TRANSFORMERS);
      case MEAN -> new ModelUse("millrace", MEAN);
    };
  }
}
