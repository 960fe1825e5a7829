package io.millrace.model;

import io.millrace.model.arch.BertTensors;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Adds what a base model lacks, as BERT initialises it: weights from N(0, 0.02), bias 0. */
final class FreshHead {

  private static final double DEVIATION = 0.02;

  private FreshHead() {}

  /**
   * The base's weights with a fresh classifier, and a fresh pooler where the head has one and the
   * base has none.
   *
   * @param seed the values are a function of it and of the tensor's name ({@link Random}'s
   *     algorithm is specified, so they are the same on every JDK)
   */
  static Map<String, HostTensor> addTo(PretrainedModel base, int numLabels, long seed) {
    Map<String, HostTensor> weights = new HashMap<>(base.weights());
    Map<String, long[]> lacking = BertTensors.head(base.config(), numLabels);
    Set<String> pooler = BertTensors.pooler(base.config()).keySet();
    if (weights.keySet().containsAll(pooler)) {
      lacking.keySet().removeAll(pooler);
    }
    lacking.forEach((name, shape) -> weights.put(name, fresh(name, shape, seed)));
    return weights;
  }

  /**
   * A tensor of the head as it is in the beginning. Its first rows are the same for any number of
   * rows.
   */
  static HostTensor fresh(String name, long[] shape, long seed) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    if (!name.endsWith(".bias")) {
      Random random = new Random(31 * seed + name.hashCode());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * DEVIATION);
      }
    }
    return new HostTensor(shape, values);
  }
}
