package io.millrace.web.history;

import io.millrace.event.MetricRecord;
import java.time.Instant;

/**
 * One or more steps of the loss curve. Undefined values are NaN (null in JSON).
 *
 * @param step the last step of the point
 * @param time when it was done
 * @param examples examples trained until then, since the base
 * @param loss mean training loss, nats, over the steps that have one
 * @param gradNorm mean global gradient norm before clipping
 * @param prequentialAccuracy accuracy over the recent examples, as of the last step
 * @param prequentialLow lower limit of its 95% interval
 * @param prequentialHigh upper limit
 * @param prequentialConstantAccuracy what always answering the most frequent class would score
 * @param steps steps merged into the point
 */
public record StepPoint(
    long step,
    Instant time,
    long examples,
    double loss,
    double gradNorm,
    double prequentialAccuracy,
    double prequentialLow,
    double prequentialHigh,
    double prequentialConstantAccuracy,
    int steps) {

  static StepPoint of(MetricRecord.StepDone done) {
    return new StepPoint(
        done.step(),
        done.time(),
        done.examplesTotal(),
        done.loss(),
        done.gradNorm(),
        done.prequentialAccuracy(),
        done.prequentialAccuracyInterval().low(),
        done.prequentialAccuracyInterval().high(),
        done.prequentialConstantAccuracy(),
        1);
  }

  StepPoint and(StepPoint newer) {
    return new StepPoint(
        newer.step,
        newer.time,
        newer.examples,
        mean(loss, steps, newer.loss, newer.steps),
        mean(gradNorm, steps, newer.gradNorm, newer.steps),
        newer.prequentialAccuracy,
        newer.prequentialLow,
        newer.prequentialHigh,
        newer.prequentialConstantAccuracy,
        steps + newer.steps);
  }

  private static double mean(double a, int weightOfA, double b, int weightOfB) {
    if (!Double.isFinite(a)) {
      return b;
    }
    if (!Double.isFinite(b)) {
      return a;
    }
    return (a * weightOfA + b * weightOfB) / (weightOfA + weightOfB);
  }
}
