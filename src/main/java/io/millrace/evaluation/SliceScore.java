package io.millrace.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a model fares on the examples that have one value of a field.
 *
 * @param slice the value; {@value #NONE} for examples without the field, {@value #OTHER} for all
 *     but the most frequent values
 * @param examples how many
 * @param accuracy share correct, 0 to 1
 * @param accuracyInterval of it, 95%
 * @param loss mean cross-entropy, nats
 */
public record SliceScore(
    String slice, long examples, double accuracy, Interval accuracyInterval, double loss) {

  static final String NONE = "(none)";
  static final String OTHER = "(other)";

  /** Values told apart: more are noise, and an event grows with each. */
  private static final int MOST = 20;

  /** The most frequent first; empty where no example has the field. */
  static List<SliceScore> of(List<HeldOutExample> examples, List<Prediction> predictions) {
    Map<String, List<Scored>> groups = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      groups
          .computeIfAbsent(examples.get(i).slice().orElse(NONE), name -> new ArrayList<>())
          .add(predictions.get(i).scored());
    }
    if (groups.keySet().equals(Set.of(NONE))) {
      return List.of();
    }
    List<Map.Entry<String, List<Scored>>> largest =
        groups.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                        (Map.Entry<String, List<Scored>> group) -> group.getValue().size())
                    .reversed()
                    .thenComparing(Map.Entry::getKey))
            .toList();
    List<SliceScore> slices = new ArrayList<>();
    List<Scored> other = new ArrayList<>();
    for (int i = 0; i < largest.size(); i++) {
      if (i < MOST) {
        slices.add(score(largest.get(i).getKey(), largest.get(i).getValue()));
      } else {
        other.addAll(largest.get(i).getValue());
      }
    }
    if (!other.isEmpty()) {
      slices.add(score(OTHER, other));
    }
    return slices;
  }

  private static SliceScore score(String name, List<Scored> scores) {
    long correct = scores.stream().filter(Scored::correct).count();
    return new SliceScore(
        name,
        scores.size(),
        (double) correct / scores.size(),
        Interval.ofShare(correct, scores.size()),
        scores.stream().mapToDouble(Scored::loss).average().orElse(Double.NaN));
  }
}
