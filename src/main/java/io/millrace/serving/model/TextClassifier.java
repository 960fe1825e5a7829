package io.millrace.serving.model;

import io.millrace.model.TransformerClassifier;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.Tokenization;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A frozen model with its tokenizer. Owns both, and the thread that runs them. */
final class TextClassifier implements ServingModel {

  private final TextTokenizer tokenizer;
  private final TransformerClassifier classifier;
  private final MicroBatcher batcher;

  /**
   * @param name of the version, for the thread
   * @param maxInputs texts of a forward pass
   */
  TextClassifier(
      String name, TextTokenizer tokenizer, TransformerClassifier classifier, int maxInputs) {
    this.tokenizer = tokenizer;
    this.classifier = classifier;
    this.batcher = new MicroBatcher("millrace-inference-" + name, maxInputs, this::score);
  }

  @Override
  public CompletableFuture<float[][]> logits(List<TextInput> inputs) {
    return batcher.logits(inputs);
  }

  private float[][] score(List<TextInput> inputs) {
    List<TokenizedText> texts = new ArrayList<>();
    for (Tokenization one : tokenizer.tokenize(inputs, TextInput::text, TextInput::textPair)) {
      if (one instanceof Tokenization.Refused refused) {
        throw new UnsupportedInputException(texts.size(), refused.rule());
      }
      texts.add(one.orThrow());
    }
    float[][] logits = new float[texts.size()][];
    for (List<Integer> group : LengthGroups.of(texts)) {
      float[][] rows = classifier.logits(TokenMatrix.of(group.stream().map(texts::get).toList()));
      for (int row = 0; row < rows.length; row++) {
        logits[group.get(row)] = rows[row];
      }
    }
    return logits;
  }

  @Override
  public void close() {
    batcher.close();
    classifier.close();
    tokenizer.close();
  }
}
