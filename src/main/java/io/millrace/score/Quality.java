package io.millrace.score;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What accuracy and loss leave out. Undefined values are NaN.
 *
 * @param accuracyInterval of the accuracy, 95% (Wilson)
 * @param lossInterval of the mean loss, 95% (t)
 * @param microF1 F1 over all decisions: with one label an example, the accuracy
 * @param weightedF1 mean F1, weighted by support
 * @param mcc Matthews' correlation for several classes (Gorodkin 2004), -1 to 1
 * @param brier mean squared distance of the probabilities from the truth, summed over the classes:
 *     0 to 2, with two classes twice the binary score
 * @param calibrationError expected calibration error over 15 bins of the answer's probability (Guo
 *     et al. 2017)
 * @param rocAuc area under the ROC curve: of the second label with two, else the mean of one
 *     against the rest over the classes where it is defined
 * @param prAuc average precision, likewise
 * @param brierInterval of the Brier score, 95% (t)
 * @param bootstrap intervals of F1, correlation and areas; undefined in what was written before
 *     they were told
 */
public record Quality(
    Interval accuracyInterval,
    Interval lossInterval,
    double microF1,
    double weightedF1,
    double mcc,
    double brier,
    double calibrationError,
    double rocAuc,
    double prAuc,
    Interval brierInterval,
    BootstrapIntervals bootstrap) {

  /** Nothing is known. */
  public static final Quality UNDEFINED =
      new Quality(
          Interval.UNDEFINED,
          Interval.UNDEFINED,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Interval.UNDEFINED,
          BootstrapIntervals.UNDEFINED);

  private static final int BINS = 15;

  public Quality {
    brierInterval = Interval.orUndefined(brierInterval);
    bootstrap = bootstrap == null ? BootstrapIntervals.UNDEFINED : bootstrap;
  }

  static Quality of(List<Prediction> predictions, Sample sample, SetScores scores) {
    if (predictions.isEmpty()) {
      return UNDEFINED;
    }
    double[] briers = predictions.stream().mapToDouble(Quality::brier).toArray();
    long correct = predictions.stream().filter(p -> p.scored().correct()).count();
    return new Quality(
        Interval.ofShare(correct, predictions.size()),
        Interval.ofMean(predictions.stream().mapToDouble(p -> p.scored().loss()).toArray()),
        (double) correct / predictions.size(),
        scores.weightedF1(),
        scores.mcc(),
        Arrays.stream(briers).average().orElse(Double.NaN),
        calibrationError(predictions),
        scores.rocAuc(),
        scores.prAuc(),
        Interval.ofMean(briers),
        BootstrapIntervals.of(sample));
  }

  private static double brier(Prediction prediction) {
    int labels = Math.max(prediction.probabilities().length, prediction.label() + 1);
    return IntStream.range(0, labels)
        .mapToDouble(i -> prediction.probability(i) - (i == prediction.label() ? 1 : 0))
        .map(distance -> distance * distance)
        .sum();
  }

  private static double calibrationError(List<Prediction> predictions) {
    double[] surplus = new double[BINS];
    for (Prediction prediction : predictions) {
      // Bins are open below and closed above, as in the paper.
      int bin = (int) Math.ceil(prediction.confidence() * BINS) - 1;
      surplus[Math.max(0, Math.min(BINS - 1, bin))] +=
          prediction.confidence() - (prediction.scored().correct() ? 1 : 0);
    }
    double error = 0;
    for (double one : surplus) {
      error += Math.abs(one);
    }
    return error / predictions.size();
  }
}
