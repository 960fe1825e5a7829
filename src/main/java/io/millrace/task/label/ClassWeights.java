package io.millrace.task.label;

import io.millrace.example.LabelSet;
import io.millrace.task.OutputWeights;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How much each class counts in the loss. Only the ratios matter, because the loss is divided by
 * the weights of its true classes. Immutable, any thread.
 */
public sealed interface ClassWeights extends OutputWeights {

  /**
   * Reads {@code millrace.training.class-weights}.
   *
   * @param setting {@code none}, {@code balanced}, or {@code label=weight} pairs with commas
   *     between them; a label that is left out has the weight 1
   * @throws IllegalArgumentException naming the part that is not understood
   */
  static ClassWeights of(String setting, LabelSet labels) {
    return switch (setting.strip()) {
      case "none" -> new Given(Arrays.stream(OutputWeights.same(labels.size())).boxed().toList());
      case "balanced" -> new Balanced(labels);
      default -> given(setting, labels);
    };
  }

  /**
   * Checks the form of {@code millrace.training.class-weights} where the labels are not known yet.
   *
   * @throws IllegalArgumentException naming the part that is not understood
   */
  static void check(String setting) {
    if (!setting.strip().equals("none") && !setting.strip().equals("balanced")) {
      for (String pair : setting.split(",", -1)) {
        if (label(pair).isEmpty()) {
          throw malformed(pair, "expected none, balanced, or label=weight");
        }
        double unused = weight(pair);
      }
    }
  }

  private static Given given(String setting, LabelSet labels) {
    Double[] weights = new Double[labels.size()];
    Arrays.fill(weights, 1.0);
    for (String pair : setting.split(",", -1)) {
      OptionalInt index = labels.indexOf(label(pair));
      if (index.isEmpty()) {
        throw malformed(
            pair, "expected none, balanced, or label=weight with one of the " + labels.summary());
      }
      weights[index.getAsInt()] = weight(pair);
    }
    return new Given(List.of(weights));
  }

  private static String label(String pair) {
    return pair.substring(0, Math.max(0, pair.lastIndexOf('='))).strip();
  }

  private static double weight(String pair) {
    try {
      double weight = Double.parseDouble(pair.substring(pair.lastIndexOf('=') + 1).strip());
      if (weight > 0 && weight <= Float.MAX_VALUE) {
        return weight;
      }
    } catch (NumberFormatException e) {
      throw malformed(pair, "its weight is not a number");
    }
    throw malformed(pair, "its weight is not a finite number above 0");
  }

  private static IllegalArgumentException malformed(String pair, String why) {
    return new IllegalArgumentException(
        "millrace.training.class-weights has \"" + pair.strip() + "\": " + why);
  }

  /**
   * The same for every step.
   *
   * @param byLabel in logit order
   */
  record Given(List<Double> byLabel) implements ClassWeights {

    public Given {
      byLabel = List.copyOf(byLabel);
    }

    @Override
    public double[] after(Map<String, Long> labelCounts) {
      return byLabel.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /**
   * scikit-learn's {@code balanced}, {@code n / (L * count)}, over what was trained so far: the
   * rarer, the heavier. A label that was not seen yet counts as seen once.
   *
   * @param labels in logit order
   */
  record Balanced(LabelSet labels) implements ClassWeights {
    @Override
    public double[] after(Map<String, Long> labelCounts) {
      double[] counts =
          labels.names().stream()
              .mapToDouble(label -> Math.max(1, labelCounts.getOrDefault(label, 0L)))
              .toArray();
      double mean = Arrays.stream(counts).sum() / counts.length;
      return Arrays.stream(counts).map(count -> mean / count).toArray();
    }
  }
}
