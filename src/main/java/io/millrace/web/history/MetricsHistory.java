package io.millrace.web.history;

import io.millrace.event.MetricRecord;
import io.millrace.event.MetricsSink;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.score.Confusion;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The curves since this process started, bounded: what a page draws before events arrive. */
@ApplicationScoped
public class MetricsHistory implements MetricsSink {

  /** Confusions that the status names. */
  static final int TOP_CONFUSIONS = 10;

  /** Marks of the curves, the newest; about as many as a day has. */
  private static final int MARKS = 200;

  /** Evaluations that are listed one by one. */
  private static final int LISTED = 50;

  private final Instant since = Instant.now();
  private final Downsampled<StepPoint> steps;
  private final Downsampled<EvaluationPoint> evaluations;
  private final RingBuffer<EvaluationPoint> recentEvaluations = new RingBuffer<>(LISTED);
  private final RingBuffer<EvaluationPoint> changes = new RingBuffer<>(MARKS);
  private final RingBuffer<MetricRecord.Drifted> drifts = new RingBuffer<>(MARKS);
  private final RingBuffer<MetricRecord.Commanded> commands = new RingBuffer<>(MARKS);
  private volatile Optional<MetricRecord.Evaluated> lastEvaluation = Optional.empty();
  private volatile List<Confusion> topConfusions = List.of();

  public MetricsHistory(WebSettings settings) {
    steps = new Downsampled<>(settings.historyPoints(), StepPoint::and);
    evaluations = new Downsampled<>(settings.historyPoints(), EvaluationPoint::and);
  }

  @Override
  public void accept(MetricRecord record) {
    if (record instanceof MetricRecord.StepDone done) {
      steps.add(StepPoint.of(done));
    } else if (record instanceof MetricRecord.Evaluated done) {
      evaluated(done);
    } else if (record instanceof MetricRecord.Drifted drifted) {
      drifts.add(drifted);
    } else if (record instanceof MetricRecord.Commanded commanded) {
      commands.add(commanded);
    }
  }

  private void evaluated(MetricRecord.Evaluated done) {
    EvaluationPoint point = EvaluationPoint.of(done);
    evaluations.add(point);
    recentEvaluations.add(point);
    if (done.outcome() != EvaluationOutcome.HOLD) {
      changes.add(point);
    }
    lastEvaluation = Optional.of(done);
    topConfusions = Confusion.largest(done.candidate(), TOP_CONFUSIONS);
  }

  /** The last evaluation in full; empty before the first of this process. Any thread. */
  Optional<MetricRecord.Evaluated> lastEvaluation() {
    return lastEvaluation;
  }

  /** What the weights in training confuse most, by the last evaluation. Any thread. */
  public List<Confusion> topConfusions() {
    return topConfusions;
  }

  /** Everything, oldest first. */
  public Curves curves() {
    return new Curves(
        since,
        steps.points(),
        evaluations.points(),
        recentEvaluations.oldestFirst(),
        changes.oldestFirst(),
        drifts.oldestFirst(),
        commands.oldestFirst(),
        lastEvaluation.map(MetricRecord.Evaluated::brief));
  }

  /**
   * The curves of the page. Steps count on; where one is not above the one before it, training went
   * on from an earlier point, after a roll-back or a failure.
   *
   * @param since when this process began to remember
   * @param steps training steps, oldest first
   * @param evaluations evaluations on held-out examples, oldest first
   * @param recentEvaluations the last of them, unmerged
   * @param changes the last of them that published a version or asked for a roll-back, unmerged
   * @param drifts the last signals of drift
   * @param commands the last answers to commands, automatic roll-backs among them
   * @param lastEvaluation the last evaluation but for its matrices, with the current version's
   *     scores beside
   */
  public record Curves(
      Instant since,
      List<StepPoint> steps,
      List<EvaluationPoint> evaluations,
      List<EvaluationPoint> recentEvaluations,
      List<EvaluationPoint> changes,
      List<MetricRecord.Drifted> drifts,
      List<MetricRecord.Commanded> commands,
      Optional<MetricRecord.Evaluated> lastEvaluation) {}
}
