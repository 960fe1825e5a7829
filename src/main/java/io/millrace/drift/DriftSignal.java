package io.millrace.drift;

import java.util.List;

/**
 * The stream has changed, or may have.
 *
 * @param detector which says so
 * @param level how surely
 * @param statistic its number: the rise of the mean loss, nats; the sum; or the p-value
 * @param threshold what that was compared with: ADWIN's bound on the rise, the sum's threshold, or
 *     the false-alarm rate
 * @param examples examples seen when it said so
 * @param actions the reactions it causes; none for a warning
 */
public record DriftSignal(
    Detector detector,
    Level level,
    double statistic,
    double threshold,
    long examples,
    List<DriftAction> actions) {

  public DriftSignal {
    actions = List.copyOf(actions);
  }

  /** Whether it changes how training goes on. */
  public boolean reacts() {
    return actions.stream().anyMatch(action -> action != DriftAction.ALERT);
  }

  /** What watches the stream. */
  public enum Detector {
    /** The prequential loss. */
    ADWIN,
    /** The prequential loss. */
    PAGE_HINKLEY,
    /** The labels' distribution. */
    LABELS,
    /** The texts' mean embedding. */
    TEXTS
  }

  /** How sure it is. */
  public enum Level {
    WARNING,
    DRIFT
  }
}
