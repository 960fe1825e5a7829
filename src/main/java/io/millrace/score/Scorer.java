package io.millrace.score;

import io.millrace.example.LabelSet;
import io.millrace.tokenize.HeldOutExample;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes an {@link Evaluation} of scored examples. Stateless, any thread. */
public final class Scorer {

  private Scorer() {}

  /**
   * @param predictions one per example; NaN everywhere when empty
   */
  public static Evaluation evaluation(
      List<Prediction> predictions, List<HeldOutExample> examples, LabelSet labels) {
    return evaluation(
        predictions,
        examples.stream().map(HeldOutExample::eventTime).toList(),
        examples.stream().map(HeldOutExample::slice).toList(),
        labels);
  }

  /**
   * @param predictions one per example; NaN everywhere when empty
   * @param eventTimes the examples'
   * @param slices the examples' values of the field that scores are told apart by; empty for none
   */
  public static Evaluation evaluation(
      List<Prediction> predictions,
      List<Instant> eventTimes,
      List<Optional<String>> slices,
      LabelSet labels) {
    List<Scored> scores = predictions.stream().map(Prediction::scored).toList();
    Sample sample = Sample.of(predictions, labels.size());
    int[] once = sample.once();
    ClassCounts counts = sample.counts(once);
    SetScores overall = sample.scores(once);
    List<ClassScore> classes =
        IntStream.range(0, labels.size())
            .mapToObj(
                label ->
                    counts.score(
                        label, labels.name(label), sample.rankings().get(label).areas(once)))
            .toList();
    return new Evaluation(
        scores.size(),
        scores.stream().mapToDouble(Scored::loss).average().orElse(Double.NaN),
        counts.accuracy(),
        overall.macroF1(),
        constantAccuracy(classes, scores.size()),
        priorLoss(classes, scores.size()),
        classes,
        ConfusionMatrix.of(predictions, labels.size()),
        eventTimes.stream().min(Comparator.naturalOrder()).or(Optional::empty),
        eventTimes.stream().max(Comparator.naturalOrder()).or(Optional::empty),
        Quality.of(predictions, sample, overall),
        SliceScore.of(slices, eventTimes, predictions));
  }

  private static double constantAccuracy(List<ClassScore> classes, int examples) {
    long largest = classes.stream().mapToLong(ClassScore::support).max().orElse(0);
    return examples == 0 ? Double.NaN : (double) largest / examples;
  }

  /** The entropy of the class frequencies: the loss of the best answer that ignores the text. */
  private static double priorLoss(List<ClassScore> classes, int examples) {
    if (examples == 0) {
      return Double.NaN;
    }
    return classes.stream()
        .filter(score -> score.support() > 0)
        .mapToDouble(score -> (double) score.support() / examples)
        .map(share -> -share * Math.log(share))
        .sum();
  }
}
