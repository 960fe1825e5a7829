package io.millrace.task.label;

import io.millrace.example.LabelSet;
import io.millrace.task.Answer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A model's answer to one input.
 *
 * @param label the most probable label
 * @param probability its probability, 0 to 1
 * @param probabilities every label's probability, most probable first; all of them sum to 1, and
 *     there may be fewer
 */
@Schema(name = "Prediction")
public record LabelAnswer(String label, double probability, Map<String, Double> probabilities)
    implements Answer {

  public LabelAnswer {
    probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
  }

  /** With the most probable labels only. */
  @Override
  public LabelAnswer top(int labels) {
    Map<String, Double> most = new LinkedHashMap<>();
    probabilities.entrySet().stream()
        .limit(labels)
        .forEachOrdered(entry -> most.put(entry.getKey(), entry.getValue()));
    return new LabelAnswer(label, probability, most);
  }

  /**
   * Softmax of one row of logits.
   *
   * @param labels {@code [L]} labels in logit order
   * @param logits {@code [L]} finite values
   * @throws IllegalArgumentException where they are not: no answer is better than one of NaN
   */
  static LabelAnswer of(List<String> labels, float[] logits) {
    if (labels.size() != logits.length) {
      throw new IllegalArgumentException(logits.length + " logits for " + LabelSet.summary(labels));
    }
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        throw new IllegalArgumentException(
            "logits must be finite, one is " + logit + " for " + LabelSet.summary(labels));
      }
      max = Math.max(max, logit);
    }
    double[] exps = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      exps[i] = Math.exp(logits[i] - max);
      sum += exps[i];
    }
    Map<String, Double> byLabel = new LinkedHashMap<>();
    for (int i = 0; i < exps.length; i++) {
      byLabel.put(labels.get(i), exps[i] / sum);
    }
    Map<String, Double> sorted = new LinkedHashMap<>();
    byLabel.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEachOrdered(entry -> sorted.put(entry.getKey(), entry.getValue()));
    var best = sorted.entrySet().iterator().next();
    return new LabelAnswer(best.getKey(), best.getValue(), sorted);
  }
}
