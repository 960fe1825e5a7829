package io.millrace.step;

import io.millrace.example.Target;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.optim.ReferenceAdamW;
import io.millrace.testing.BertTensors;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.file.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A few training steps, and what somebody else's code made of them.
 *
 * @param config dropout is 0
 * @param weights before the first step
 * @param settings of {@code millrace.training.*}
 * @param steps one after the other
 */
record ParityCase(
    BertConfig config,
    Map<String, HostTensor> weights,
    Map<String, String> settings,
    List<Step> steps) {

  static final int LABELS = 3;

  /** Large enough that the tanh fit of GELU, or a forgotten bias, shows in the fourth digit. */
  private static final double DEVIATION = 0.3;

  /**
   * One step.
   *
   * @param batch padded, with unequal example weights
   * @param logits {@code [B * L]} before the step
   * @param loss weighted mean, nats
   * @param gradNorm before clipping
   * @param gradients before clipping, by name
   * @param weights after the step, by name
   */
  @SuppressWarnings("ArrayRecordComponent") // compared value by value
  record Step(
      TokenBatch batch,
      double[] logits,
      double loss,
      double gradNorm,
      Map<String, double[]> gradients,
      Map<String, double[]> weights) {}

  /** Two steps of {@link ReferenceBert}. */
  static ParityCase ofReference(Pooling pooling, double maxGradNorm) {
    BertConfig config = TinyBert.config(0).with(pooling);
    Map<String, HostTensor> weights = randomWeights(config);
    Map<String, String> settings = settings(maxGradNorm);
    ReferenceTensors tensors = new ReferenceTensors(weights);
    ReferenceBert bert = new ReferenceBert(config, tensors);
    ReferenceAdamW optimizer = new ReferenceAdamW(TinyBert.settings(settings));
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      TokenBatch batch = batch(7, i);
      double[] logits =
          Arrays.stream(bert.logits(batch.tokens())).flatMapToDouble(Arrays::stream).toArray();
      double loss = bert.lossAndGradients(batch);
      Map<String, double[]> gradients = ReferenceTensors.copy(tensors.gradients());
      optimizer.step(tensors);
      steps.add(
          new Step(
              batch,
              logits,
              loss,
              ReferenceAdamW.globalNorm(gradients),
              gradients,
              ReferenceTensors.copy(tensors.values())));
    }
    return new ParityCase(config, weights, settings, steps);
  }

  /**
   * Epsilon is far above float32's noise: some gradients are 0 by symmetry (those of the keys'
   * bias), and AdamW would blow up their noise to the size of a step.
   */
  private static Map<String, String> settings(double maxGradNorm) {
    return Map.of(
        "learning-rate", "0.01",
        "warmup-steps", "0",
        "weight-decay", "0.1",
        "epsilon", "1e-3",
        "max-grad-norm", Double.toString(maxGradNorm));
  }

  static Map<String, HostTensor> randomWeights(BertConfig config) {
    Random random = new Random(5);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    BertTensors.all(config, LABELS)
        .forEach(
            (name, shape) -> {
              float mean = name.endsWith("LayerNorm.weight") ? 1 : 0;
              float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
              for (int i = 0; i < values.length; i++) {
                values[i] = mean + (float) (random.nextGaussian() * DEVIATION);
              }
              weights.put(name, new HostTensor(shape, values));
            });
    return weights;
  }

  /** Pairs of different lengths, so with padding and both segments. */
  static TokenBatch batch(int size, long seed) {
    Random random = new Random(100 + seed);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int length = 3 + random.nextInt(9);
      int[] typeIds = new int[length];
      Arrays.fill(typeIds, length - length / 3, length, 1);
      examples.add(
          new TokenizedExample(
              "id" + i,
              new TokenizedText(random.ints(length, 1, TinyBert.VOCAB).toArray(), typeIds),
              new Target.Label(random.nextInt(LABELS)),
              0.25 + 2 * random.nextDouble(),
              Examples.NOON,
              Examples.at(i)));
    }
    return TokenBatch.of(examples);
  }
}
