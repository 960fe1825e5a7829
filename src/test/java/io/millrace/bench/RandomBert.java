package io.millrace.bench;

import io.millrace.model.PretrainedModel;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.testing.BertTensors;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A network of bert-base-uncased's shape with weights as BERT initialises them. */
final class RandomBert {

  private RandomBert() {}

  static PretrainedModel base() {
    BertConfig config =
        new BertConfig(30_522, 768, 12, 12, 3072, 512, 2, 1e-12, 0.1, 0.1, Pooling.CLS);
    Random random = new Random(1);
    Map<String, HostTensor> weights = new HashMap<>();
    BertTensors.encoder(config)
        .forEach((name, shape) -> weights.put(name, tensor(name, shape, random)));
    return new PretrainedModel("random:bert-base-uncased", new Bert(config), weights, new byte[0]);
  }

  private static HostTensor tensor(String name, long[] shape, Random random) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    if (name.endsWith("LayerNorm.weight")) {
      Arrays.fill(values, 1);
    } else if (!name.endsWith(".bias")) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * 0.02);
      }
    }
    return new HostTensor(shape, values);
  }
}
