package io.millrace.score;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a model scored on a set of examples. Undefined values are NaN.
 *
 * @param examples how many were scored
 * @param loss mean cross-entropy, nats
 * @param accuracy share correct, 0 to 1
 * @param macroF1 mean F1 over the classes that have examples
 * @param constantAccuracy what always answering the most frequent class would score
 * @param priorLoss what always answering the class frequencies would lose, nats (their entropy)
 * @param classes precision and recall by class, in label order
 * @param confusion {@code [L][L]} counts, row the true class, column the predicted one; empty where
 *     it was left out
 * @param oldest event time of the oldest example, empty without examples
 * @param newest event time of the newest example
 * @param quality intervals, and what accuracy and loss leave out
 * @param slices scores by a field of the examples, the most frequent values first
 * @param measures what a task without classes measures, by name, its headline first (higher is
 *     better); empty, and then not written, for labels
 */
public record Evaluation(
    long examples,
    double loss,
    double accuracy,
    double macroF1,
    double constantAccuracy,
    double priorLoss,
    List<ClassScore> classes,
    List<List<Long>> confusion,
    Optional<Instant> oldest,
    Optional<Instant> newest,
    Quality quality,
    List<SliceScore> slices,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> measures) {

  public Evaluation {
    classes = List.copyOf(classes);
    confusion = confusion.stream().map(List::copyOf).toList();
    // Versions and records from before there were any do not have these.
    quality = quality == null ? Quality.UNDEFINED : quality;
    slices = slices == null ? List.of() : List.copyOf(slices);
    measures =
        measures == null
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(measures)); // in their order
  }

  /** Of labels, which has a field for each measure. */
  public Evaluation(
      long examples,
      double loss,
      double accuracy,
      double macroF1,
      double constantAccuracy,
      double priorLoss,
      List<ClassScore> classes,
      List<List<Long>> confusion,
      Optional<Instant> oldest,
      Optional<Instant> newest,
      Quality quality,
      List<SliceScore> slices) {
    this(
        examples,
        loss,
        accuracy,
        macroF1,
        constantAccuracy,
        priorLoss,
        classes,
        confusion,
        oldest,
        newest,
        quality,
        slices,
        Map.of());
  }

  /**
   * Of a task without classes: what is of labels is undefined or empty.
   *
   * @param priorLoss what the best answer that ignores the text would lose
   * @param measures the headline first
   */
  public static Evaluation ofMeasures(
      long examples,
      double loss,
      double priorLoss,
      Optional<Instant> oldest,
      Optional<Instant> newest,
      Map<String, Double> measures) {
    return new Evaluation(
        examples,
        loss,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        priorLoss,
        List.of(),
        List.of(),
        oldest,
        newest,
        Quality.UNDEFINED,
        List.of(),
        measures);
  }

  /** The one number that sums it up, higher is better: the accuracy, or the first measure. */
  public double headline() {
    return measures.values().stream().findFirst().orElse(accuracy);
  }

  /** Scores by class that {@link #brief} leaves. */
  private static final int MOST_CLASSES = 50;

  /**
   * Without what grows with the labels, for what is sent again and again: no confusion matrix, and
   * of more than 50 classes those with the most examples, in label order.
   */
  public Evaluation brief() {
    Evaluation without = withoutConfusion();
    if (classes.size() <= MOST_CLASSES) {
      return without;
    }
    Set<ClassScore> largest =
        classes.stream()
            .sorted(Comparator.comparingLong(ClassScore::support).reversed())
            .limit(MOST_CLASSES)
            .collect(Collectors.toSet());
    return without.withClasses(classes.stream().filter(largest::contains).toList());
  }

  private Evaluation withClasses(List<ClassScore> some) {
    return new Evaluation(
        examples,
        loss,
        accuracy,
        macroF1,
        constantAccuracy,
        priorLoss,
        some,
        confusion,
        oldest,
        newest,
        quality,
        slices,
        measures);
  }

  /** Without what grows with the square of the labels: for those beside the scores that decide. */
  public Evaluation withoutConfusion() {
    return new Evaluation(
        examples,
        loss,
        accuracy,
        macroF1,
        constantAccuracy,
        priorLoss,
        classes,
        List.of(),
        oldest,
        newest,
        quality,
        slices,
        measures);
  }
}
