package io.millrace.serving;

import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import java.util.List;

/** A frozen model behind its tokenizer; owns both. */
final class TextClassifier implements ServingModel {

  private final TextTokenizer tokenizer;
  private final TransformerClassifier classifier;

  TextClassifier(TextTokenizer tokenizer, TransformerClassifier classifier) {
    this.tokenizer = tokenizer;
    this.classifier = classifier;
  }

  @Override
  public float[][] logits(List<TextInput> inputs) {
    return classifier.logits(
        TokenMatrix.of(
            inputs.stream()
                .map(input -> tokenizer.tokenize(input.text(), input.textPair()))
                .toList()));
  }

  @Override
  public void close() {
    classifier.close();
    tokenizer.close();
  }
}
