package io.millrace.testing;

import io.millrace.score.ClassScore;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.score.Quality;
import io.millrace.score.SliceScore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds evaluations: each test names the measures that it is about, and the others are plausible.
 */
public final class Evaluations {

  private long examples = 10;
  private double loss = 0.3;
  private double accuracy = 0.9;
  private double macroF1 = 0.9;
  private double constantAccuracy = 0.6;
  private double priorLoss = 0.67;
  private List<ClassScore> classes = new ArrayList<>();
  private List<List<Long>> confusion = List.of();
  private Optional<Instant> oldest = Optional.of(Examples.NOON);
  private Optional<Instant> newest = Optional.of(Examples.NOON);
  private Quality quality = Quality.UNDEFINED;
  private List<SliceScore> slices = List.of();
  private Map<String, Double> measures = Map.of();

  private Evaluations() {}

  /** Ten examples without labels. */
  public static Evaluations evaluation() {
    return new Evaluations();
  }

  /** All as another has it. */
  public static Evaluations like(Evaluation other) {
    Evaluations built = new Evaluations();
    built.examples = other.examples();
    built.loss = other.loss();
    built.accuracy = other.accuracy();
    built.macroF1 = other.macroF1();
    built.constantAccuracy = other.constantAccuracy();
    built.priorLoss = other.priorLoss();
    built.classes = new ArrayList<>(other.classes());
    built.confusion = other.confusion();
    built.oldest = other.oldest();
    built.newest = other.newest();
    built.quality = other.quality();
    built.slices = other.slices();
    built.measures = other.measures();
    return built;
  }

  public Evaluations examples(long value) {
    examples = value;
    return this;
  }

  public Evaluations loss(double value) {
    loss = value;
    return this;
  }

  public Evaluations accuracy(double value) {
    accuracy = value;
    return this;
  }

  public Evaluations macroF1(double value) {
    macroF1 = value;
    return this;
  }

  public Evaluations constantAccuracy(double value) {
    constantAccuracy = value;
    return this;
  }

  public Evaluations priorLoss(double value) {
    priorLoss = value;
    return this;
  }

  /** One label more; areas under curves and intervals are undefined. */
  public Evaluations label(String name, long support, double precision, double recall, double f1) {
    return label(name, support, precision, recall, f1, Interval.UNDEFINED);
  }

  /** One label more; areas under curves and the interval of its precision are undefined. */
  public Evaluations label(
      String name,
      long support,
      double precision,
      double recall,
      double f1,
      Interval recallInterval) {
    classes.add(
        new ClassScore(
            name,
            support,
            precision,
            recall,
            f1,
            Double.NaN,
            Double.NaN,
            Interval.UNDEFINED,
            recallInterval));
    return this;
  }

  /** These labels and no others. */
  public Evaluations labels(List<ClassScore> value) {
    classes = new ArrayList<>(value);
    return this;
  }

  public Evaluations confusion(List<List<Long>> value) {
    confusion = value;
    return this;
  }

  /** Event times of the oldest and the newest example. */
  public Evaluations from(Instant first, Optional<Instant> last) {
    oldest = Optional.of(first);
    newest = last;
    return this;
  }

  public Evaluations quality(Quality value) {
    quality = value;
    return this;
  }

  public Evaluations slices(List<SliceScore> value) {
    slices = value;
    return this;
  }

  public Evaluation build() {
    return new Evaluation(
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
        measures);
  }
}
