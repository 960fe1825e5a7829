package io.millrace.web;

import io.millrace.pipeline.MetricRecord;
import io.millrace.pipeline.MetricsSink;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The curves since this process started, bounded: what a page draws before events arrive. */
@ApplicationScoped
public class MetricsHistory implements MetricsSink {

  private final Downsampled<StepPoint> steps;
  private final Downsampled<EvaluationPoint> evaluations;

  MetricsHistory(WebSettings settings) {
    steps = new Downsampled<>(settings.historyPoints(), StepPoint::and);
    evaluations = new Downsampled<>(settings.historyPoints(), EvaluationPoint::and);
  }

  @Override
  public void accept(MetricRecord record) {
    if (record instanceof MetricRecord.StepDone done) {
      steps.add(StepPoint.of(done));
    } else if (record instanceof MetricRecord.Evaluated done) {
      evaluations.add(EvaluationPoint.of(done));
    }
  }

  /** Both curves, oldest first. */
  Curves curves() {
    return new Curves(steps.points(), evaluations.points());
  }

  /**
   * The curves of the page.
   *
   * @param steps training steps, oldest first
   * @param evaluations evaluations on held-out examples, oldest first
   */
  public record Curves(List<StepPoint> steps, List<EvaluationPoint> evaluations) {}
}
