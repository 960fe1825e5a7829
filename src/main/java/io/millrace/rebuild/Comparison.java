package io.millrace.rebuild;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.config.PipelineException;
import io.millrace.torch.file.HostTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * How a version's weights and those rebuilt for it compare.
 *
 * @param version the version's number
 * @param from the unit that the rebuilding began at, taken as it is; empty for the base
 * @param tensors how many were compared
 * @param different how many of them are not equal bit for bit
 * @param largest the largest difference of two values; 0 where all are equal
 * @param where the tensor with that; empty where all are equal
 * @param environment what is not as it was then, each as {@code then -> now}: only without any is
 *     equality to be expected
 */
public record Comparison(
    long version,
    Optional<CheckpointId> from,
    int tensors,
    int different,
    double largest,
    String where,
    Map<String, String> environment) {

  public Comparison {
    environment = Map.copyOf(environment);
  }

  static Comparison of(
      long version,
      Optional<CheckpointId> from,
      Map<String, HostTensor> published,
      Map<String, HostTensor> rebuilt,
      Map<String, String> environment) {
    if (!published.keySet().equals(rebuilt.keySet())) {
      throw new PipelineException(
          "version %d has the tensors %s, rebuilt are %s"
              .formatted(version, published.keySet(), rebuilt.keySet()));
    }
    int different = 0;
    double largest = 0;
    String where = "";
    for (Map.Entry<String, HostTensor> tensor : published.entrySet()) {
      float[] expected = tensor.getValue().data();
      float[] found = rebuilt.get(tensor.getKey()).data();
      if (!Arrays.equals(expected, found)) {
        different++;
        double difference = largest(expected, found);
        if (where.isEmpty() || difference > largest) {
          largest = difference;
          where = tensor.getKey();
        }
      }
    }
    return new Comparison(version, from, published.size(), different, largest, where, environment);
  }

  private static double largest(float[] expected, float[] found) {
    if (expected.length != found.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs((double) expected[i] - found[i]));
    }
    return largest;
  }

  public boolean isEqual() {
    return different == 0;
  }

  /** One sentence for people. */
  @Override
  public String toString() {
    if (isEqual()) {
      return "version %d is exactly these examples%s: all %d tensors are equal bit for bit"
          .formatted(version, from.map(unit -> " behind checkpoint " + unit).orElse(""), tensors);
    }
    return "version %d is not reproduced: %d of %d tensors differ, by at most %.3g in %s%s"
        .formatted(
            version,
            different,
            tensors,
            largest,
            where,
            environment.isEmpty()
                ? ""
                : "; equality is not to be expected, as this is not as it was: " + environment);
  }
}
