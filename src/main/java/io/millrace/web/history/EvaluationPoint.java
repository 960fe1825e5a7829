package io.millrace.web.history;

import io.millrace.event.MetricRecord;
import io.millrace.score.Evaluation;
import java.time.Instant;
import java.util.Optional;

/**
 * One evaluation of the held-out curve, without its tables.
 *
 * @param step steps trained before it
 * @param time when it was done
 * @param examples held-out examples scored
 * @param loss their mean loss, nats
 * @param accuracy their share correct, 0 to 1
 * @param accuracyLow lower limit of its 95% interval
 * @param accuracyHigh upper limit
 * @param constantAccuracy what always answering the most frequent class would score
 * @param macroF1 mean F1 over the classes
 * @param goldenExamples examples of the golden set
 * @param goldenAccuracy share of them that is correct; undefined while there are none
 * @param published the version it became, empty when held
 * @param outcome {@code publish}, {@code hold} or {@code roll-back}
 * @param decision why, in words
 */
public record EvaluationPoint(
    long step,
    Instant time,
    long examples,
    double loss,
    double accuracy,
    double accuracyLow,
    double accuracyHigh,
    double constantAccuracy,
    double macroF1,
    long goldenExamples,
    double goldenAccuracy,
    Optional<Long> published,
    String outcome,
    String decision) {

  static EvaluationPoint of(MetricRecord.Evaluated done) {
    Evaluation candidate = done.candidate();
    return new EvaluationPoint(
        done.step(),
        done.time(),
        candidate.examples(),
        candidate.loss(),
        candidate.accuracy(),
        candidate.quality().accuracyInterval().low(),
        candidate.quality().accuracyInterval().high(),
        candidate.constantAccuracy(),
        candidate.macroF1(),
        done.golden().map(Evaluation::examples).orElse(0L),
        done.golden().map(Evaluation::accuracy).orElse(Double.NaN),
        done.published(),
        done.outcome().toString(),
        done.decision());
  }

  /** The newer one, whole: a score is no less exact for standing alone. */
  EvaluationPoint and(EvaluationPoint newer) {
    return newer;
  }
}
