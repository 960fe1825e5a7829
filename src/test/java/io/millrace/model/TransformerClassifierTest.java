package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.Pooling;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.GradMode;
import io.millrace.torch.file.HostTensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransformerClassifierTest {

  private static final TokenizedText SHORT = text(1, 20, 30);
  private static final TokenizedText LONG = text(1, 40, 50, 60, 70, 80);

  @Test
  void theHeadIsATanhPoolerOnTheFirstTokenUnderALinearMap() {
    try (TransformerClassifier model = TinyBert.model(0.1)) {
      // Given
      TokenMatrix tokens = TokenMatrix.of(List.of(LONG));
      float[] first;
      try (NDManager scope = model.newScope();
          GradMode off = GradMode.off()) {
        first = HiddenStates.of(model, scope, tokens).get("0, 0").toFloatArray();
      }
      Map<String, HostTensor> weights = model.snapshot();

      // When
      float[] logits = model.logits(tokens)[0];

      // Then
      double[] pooled = affine(weights, "bert.pooler.dense", toDouble(first));
      for (int i = 0; i < pooled.length; i++) {
        pooled[i] = Math.tanh(pooled[i]);
      }
      double[] expected = affine(weights, "classifier", pooled);
      for (int label = 0; label < expected.length; label++) {
        assertThat((double) logits[label]).isCloseTo(expected[label], within(1e-6));
      }
    }
  }

  @Test
  void theMeanHeadIsALinearMapOfTheMeanOfATextsOwnTokens() {
    try (TransformerClassifier model = TinyBert.meanPooled(0.1)) {
      // Given hidden states, those of padding among them
      TokenMatrix tokens = TokenMatrix.of(List.of(LONG, SHORT));
      float[] hidden;
      try (NDManager scope = model.newScope();
          GradMode off = GradMode.off()) {
        hidden = HiddenStates.of(model, scope, tokens).toFloatArray();
      }

      // When
      float[][] logits = model.logits(tokens);

      // Then
      int[] lengths = {LONG.length(), SHORT.length()};
      for (int row = 0; row < lengths.length; row++) {
        double[] mean = new double[TinyBert.HIDDEN];
        for (int t = 0; t < lengths[row]; t++) {
          for (int i = 0; i < mean.length; i++) {
            mean[i] += hidden[(row * LONG.length() + t) * mean.length + i] / lengths[row];
          }
        }
        double[] expected = affine(model.snapshot(), "classifier", mean);
        for (int label = 0; label < expected.length; label++) {
          assertThat((double) logits[row][label]).isCloseTo(expected[label], within(1e-6));
        }
      }
    }
  }

  @Test
  void theMeanHeadHasNoPoolerEvenWhereTheBaseHasOne() {
    // Given
    PretrainedModel base = TinyBert.base(0.1);
    Map<String, HostTensor> weights = TinyBert.weights(0.1);
    PretrainedModel withPooler =
        new PretrainedModel("with pooler", base.architecture(), weights, new byte[0]);

    // When
    try (TransformerClassifier model =
        TransformerClassifier.fresh(withPooler.with(Pooling.MEAN), 3, 1, Device.cpu())) {
      // Then
      Set<String> expected = new HashSet<>(base.weights().keySet());
      expected.addAll(Set.of("classifier.weight", "classifier.bias"));
      assertThat(model.parameters().trainable().keySet()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void paddingDoesNotChangeATextsLogits(Pooling pooling) {
    try (TransformerClassifier model =
        TransformerClassifier.fresh(
            TinyBert.base(0.1).with(pooling), TinyBert.LABELS, 1, Device.cpu())) {
      float[] alone = model.logits(TokenMatrix.of(List.of(SHORT)))[0];
      float[] padded = model.logits(TokenMatrix.of(List.of(LONG, SHORT)))[1];

      assertThat(padded).usingComparatorWithPrecision(1e-6f).containsExactly(alone);
    }
  }

  @Test
  void segmentsMatter() {
    try (TransformerClassifier model = TinyBert.model(0.1)) {
      TokenizedText pair = new TokenizedText(LONG.ids(), new int[] {0, 0, 0, 1, 1, 1});

      float[] single = model.logits(TokenMatrix.of(List.of(LONG)))[0];
      float[] paired = model.logits(TokenMatrix.of(List.of(pair)))[0];

      assertThat(paired).isNotEqualTo(single);
    }
  }

  @Test
  void aSnapshotMakesTheSameModelAgain() {
    try (TransformerClassifier model = TinyBert.model(0.1);
        TransformerClassifier copy =
            TransformerClassifier.of(model.architecture(), model.snapshot(), Device.cpu())) {
      TokenMatrix tokens = TokenMatrix.of(List.of(LONG, SHORT));

      assertThat(copy.numLabels()).isEqualTo(TinyBert.LABELS);
      assertThat(copy.logits(tokens)).isDeepEqualTo(model.logits(tokens));
    }
  }

  @Test
  void freshHeadsAreAFunctionOfTheSeed() {
    PretrainedModel base = TinyBert.base(0.1);
    try (TransformerClassifier one = TransformerClassifier.fresh(base, 3, 1, Device.cpu());
        TransformerClassifier same = TransformerClassifier.fresh(base, 3, 1, Device.cpu());
        TransformerClassifier other = TransformerClassifier.fresh(base, 3, 2, Device.cpu())) {
      for (String name : List.of("classifier.weight", "bert.pooler.dense.weight")) {
        float[] values = one.snapshot().get(name).data();
        assertThat(values).isEqualTo(same.snapshot().get(name).data());
        assertThat(values).isNotEqualTo(other.snapshot().get(name).data());
        assertThat(deviation(values)).isCloseTo(0.02, within(0.004));
      }
      assertThat(one.snapshot().get("classifier.bias").data()).containsOnly(0);
    }
  }

  @Test
  void manyThreadsMayScoreAModelThatNobodyChanges() throws Exception {
    try (TransformerClassifier model = TinyBert.model(0.1)) {
      // Given
      TokenMatrix tokens = TokenMatrix.of(List.of(LONG, SHORT));
      float[][] expected = model.logits(tokens);
      ExecutorService threads = Executors.newFixedThreadPool(4);

      // When
      List<Future<float[][]>> answers =
          threads.invokeAll(
              IntStream.range(0, 64)
                  .mapToObj(
                      i -> (java.util.concurrent.Callable<float[][]>) () -> model.logits(tokens))
                  .toList());

      // Then
      for (Future<float[][]> answer : answers) {
        assertThat(answer.get()).isDeepEqualTo(expected);
      }
      threads.shutdown();
    }
  }

  @Test
  void aMissingTensorIsNamed() {
    Map<String, HostTensor> weights = TinyBert.weights(0.1);
    weights.remove("bert.encoder.layer.1.output.dense.weight");

    assertThatThrownBy(() -> of(weights))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tensor bert.encoder.layer.1.output.dense.weight is missing, expected shape [32, 64]");
  }

  @Test
  void aMisshapenTensorIsNamedWithBothShapes() {
    Map<String, HostTensor> weights = TinyBert.weights(0.1);
    weights.put("bert.pooler.dense.bias", new HostTensor(new long[] {3}, new float[3]));

    assertThatThrownBy(() -> of(weights))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor bert.pooler.dense.bias has shape [3], expected [32]");
  }

  @Test
  void aMissingClassifierIsNamed() {
    assertThatThrownBy(() -> of(TinyBert.base(0.1).weights()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor classifier.weight is missing, expected [labels, 32]");
  }

  @Test
  void aTextLongerThanThePositionsIsRefused() {
    try (TransformerClassifier model = TinyBert.model(0.1)) {
      TokenMatrix tokens = TokenMatrix.of(List.of(Examples.text(33)));

      assertThatThrownBy(() -> model.logits(tokens))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a text has 33 tokens, the model takes 32");
    }
  }

  @Test
  void aTokenOutsideTheVocabularyIsRefused() {
    try (TransformerClassifier model = TinyBert.model(0.1)) {
      TokenMatrix tokens = TokenMatrix.of(List.of(text(1, 200)));

      assertThatThrownBy(() -> model.logits(tokens))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("token id 200 is outside the model's vocab_size 200");
    }
  }

  private static TransformerClassifier of(Map<String, HostTensor> weights) {
    return TransformerClassifier.of(new Bert(TinyBert.config(0.1)), weights, Device.cpu());
  }

  private static TokenizedText text(int... ids) {
    return new TokenizedText(ids, new int[ids.length]);
  }

  private static double[] affine(Map<String, HostTensor> weights, String name, double[] input) {
    float[] weight = weights.get(name + ".weight").data();
    float[] bias = weights.get(name + ".bias").data();
    double[] output = new double[bias.length];
    for (int row = 0; row < output.length; row++) {
      output[row] = bias[row];
      for (int column = 0; column < input.length; column++) {
        output[row] += weight[row * input.length + column] * input[column];
      }
    }
    return output;
  }

  private static double[] toDouble(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }
}
