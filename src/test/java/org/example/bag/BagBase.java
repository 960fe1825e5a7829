package org.example.bag;

import io.millrace.testing.TinyBase;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A base of the bag's, with the words of {@link TinyBase}; its file has an old name for them. */
public final class BagBase {

  private static final BagOfWords BAG = new BagOfWords(8, 16);

  private BagBase() {}

  /** Writes a folder that {@code millrace.model.base} can name. */
  public static void write(Path folder) throws IOException {
    TinyBase.write(folder);
    Files.write(folder.resolve("config.json"), BAG.configJson(List.of("any", "other")));
    Random random = new Random(3);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    weights.put("emb.weight", random(random, 8, 16));
    weights.put("bag.mix.weight", random(random, 16, 16));
    weights.put("bag.mix.bias", random(random, 16));
    weights.put("bag.norm.weight", random(random, 16));
    weights.put("bag.norm.bias", random(random, 16));
    Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
  }

  private static HostTensor random(Random random, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new HostTensor(shape, values);
  }
}
