package io.millrace.report;

import io.millrace.drift.DriftSignal;
import io.millrace.event.MetricRecord;
import io.millrace.event.MetricsSink;
import io.millrace.score.Evaluation;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;

/** What an operator reads in the log. Training thread only. */
public final class OperatorLog implements MetricsSink {

  private static final Logger LOG = Logger.getLogger("io.millrace.training");

  private final int everySteps;
  private final StatusView status;
  private Optional<Evaluation> heldOut = Optional.empty();

  public OperatorLog(int everySteps, StatusView status) {
    this.everySteps = everySteps;
    this.status = status;
  }

  @Override
  public void accept(MetricRecord record) {
    if (record instanceof MetricRecord.StepDone step) {
      if (step.step() % everySteps == 0 || step.step() == 1) {
        LOG.info(line(step));
      }
    } else if (record instanceof MetricRecord.Evaluated evaluated) {
      heldOut = Optional.of(evaluated.candidate());
      LOG.info(line(evaluated));
    } else if (record instanceof MetricRecord.Drifted drifted) {
      LOG.warn(line(drifted));
    }
  }

  private String line(MetricRecord.StepDone step) {
    StatusView.Status now = status.status();
    return String.format(
        Locale.ROOT,
        "step %d: %d examples seen%s, %.1f examples/s, %.0f tokens/s, loss %.4f, "
            + "prequential accuracy %.3f (constant %.3f), held-out accuracy %s, lag %s",
        step.step(),
        step.examplesTotal(),
        replayed(step.replay().total()),
        now.examplesPerSecond(),
        now.tokensPerSecond(),
        step.loss(),
        step.prequentialAccuracy(),
        step.prequentialConstantAccuracy(),
        heldOut.map(OperatorLog::accuracy).orElse("not yet"),
        step.lag().map(String::valueOf).orElse("unknown"));
  }

  private static String replayed(long total) {
    return total == 0 ? "" : ", " + total + " replayed";
  }

  private static String line(MetricRecord.Evaluated evaluated) {
    return String.format(
        Locale.ROOT,
        "evaluation at step %d on %d held-out examples: loss %.4f, accuracy %s, macro-F1 %.3f, in %.1f s; %s",
        evaluated.step(),
        evaluated.candidate().examples(),
        evaluated.candidate().loss(),
        accuracy(evaluated.candidate()),
        evaluated.candidate().macroF1(),
        evaluated.seconds(),
        evaluated.decision());
  }

  private static String line(MetricRecord.Drifted drifted) {
    DriftSignal signal = drifted.signal();
    String what =
        switch (signal.detector()) {
          case ADWIN, PAGE_HINKLEY -> "the prequential loss has risen";
          case LABELS -> "the mix of labels has changed";
          case TEXTS -> "the texts have changed";
        };
    return String.format(
        Locale.ROOT,
        "%s at step %d, behind %d examples: %s (%s: %.3g, threshold %.3g)%s",
        signal.level() == DriftSignal.Level.DRIFT ? "drift" : "drift warning",
        drifted.step(),
        signal.examples(),
        what,
        signal.detector(),
        signal.statistic(),
        signal.threshold(),
        signal.actions().isEmpty() ? "" : ", so " + signal.actions());
  }

  private static String accuracy(Evaluation evaluation) {
    return String.format(
        Locale.ROOT, "%.3f (constant %.3f)", evaluation.accuracy(), evaluation.constantAccuracy());
  }
}
