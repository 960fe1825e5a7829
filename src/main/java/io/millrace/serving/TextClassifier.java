package io.millrace.serving;

import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TextTokenizer;
import java.util.List;

/** A frozen model behind its tokenizer; owns both. */
final class TextClassifier implements ServingModel {

  private final TextTokenizer tokenizer;
  private final TransformerClassifier classifier;
  private final MicroBatcher batcher;

  /**
   * @param maxInputs texts of a forward pass
   */
  TextClassifier(TextTokenizer tokenizer, TransformerClassifier classifier, int maxInputs) {
    this.tokenizer = tokenizer;
    this.classifier = classifier;
    this.batcher = new MicroBatcher(maxInputs, classifier::logits);
  }

  @Override
  public float[][] logits(List<TextInput> inputs) {
    return batcher.logits(
        inputs.stream().map(input -> tokenizer.tokenize(input.text(), input.textPair())).toList());
  }

  @Override
  public void close() {
    classifier.close();
    tokenizer.close();
  }
}
