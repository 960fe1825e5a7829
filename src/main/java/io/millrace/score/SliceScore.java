package io.millrace.score;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param lossInterval of it, 95%
 * @param oldest event time of the oldest of them; empty in what was written before it was told
 * @param newest event time of the newest
 */
public record SliceScore(
    String slice,
    long examples,
    double accuracy,
    Interval accuracyInterval,
    double loss,
    Interval lossInterval,
    Optional<Instant> oldest,
    Optional<Instant> newest) {

  static final String NONE = "(none)";
  static final String OTHER = "(other)";

  /** Values told apart: more are noise, and an event grows with each. */
  private static final int MOST = 20;

  public SliceScore {
    lossInterval = Interval.orUndefined(lossInterval);
  }

  /** The most frequent first; empty where no example has the field. */
  static List<SliceScore> of(
      List<Optional<String>> values, List<Instant> eventTimes, List<Prediction> predictions) {
    Map<String, List<One>> groups = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      groups
          .computeIfAbsent(values.get(i).orElse(NONE), name -> new ArrayList<>())
          .add(new One(predictions.get(i).scored(), eventTimes.get(i)));
    }
    if (groups.isEmpty() || groups.keySet().equals(Set.of(NONE))) {
      return List.of();
    }
    List<Map.Entry<String, List<One>>> largest =
        groups.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                        (Map.Entry<String, List<One>> group) -> group.getValue().size())
                    .reversed()
                    .thenComparing(Map.Entry::getKey))
            .toList();
    List<SliceScore> slices = new ArrayList<>();
    List<One> other = new ArrayList<>();
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

  private static SliceScore score(String name, List<One> group) {
    long correct = group.stream().filter(one -> one.scored().correct()).count();
    double[] losses = group.stream().mapToDouble(one -> one.scored().loss()).toArray();
    return new SliceScore(
        name,
        group.size(),
        (double) correct / group.size(),
        Interval.ofShare(correct, group.size()),
        Arrays.stream(losses).average().orElse(Double.NaN),
        Interval.ofMean(losses),
        group.stream().map(One::eventTime).min(Comparator.naturalOrder()),
        group.stream().map(One::eventTime).max(Comparator.naturalOrder()));
  }

  private record One(Scored scored, Instant eventTime) {}
}
