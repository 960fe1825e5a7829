package io.millrace.promotion;

import io.millrace.gate.InterimLooks;
import io.millrace.learner.Progress;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How the age that the current version may have changes what the gate asks, and when. Immutable.
 *
 * @param target how old its newest example may be
 * @param rolledBack the last roll-back; empty before one
 * @param clock tells the time
 */
public record Freshness(Duration target, Optional<RolledBack> rolledBack, InstantSource clock) {

  /** Evaluations in a target, at least: when it is due, the last is not long ago. */
  private static final int EVALUATIONS = 4;

  /** Lenient looks in a target, at most: each has less of the error rate than the one before. */
  private static final int LOOKS = 10;

  /**
   * Longest time between two evaluations while anything is trained.
   *
   * @param every what the settings want
   */
  Duration cadence(Duration every) {
    Duration part = target.dividedBy(EVALUATIONS);
    return every.compareTo(part) < 0 ? every : part;
  }

  /**
   * Whether a challenger need not be better any more: the newest example of the current version is
   * older than the target, and one that is newer was trained on since. What was rolled back to is
   * old by intention, and has the target's time from then on.
   */
  boolean isOverdue(ModelVersion current, Progress progress) {
    Instant now = clock.instant();
    Instant trained = progress.newestExampleAt().filter(now::isAfter).orElse(now);
    Instant since =
        rolledBack
            .filter(event -> event.version() == current.version())
            .map(RolledBack::time)
            .filter(current.freshAt()::isBefore)
            .orElse(current.freshAt());
    return now.isAfter(since.plus(target))
        && trained.isAfter(current.freshAt())
        && progress.examplesTrained() > current.provenance().examplesTrained();
  }

  /** Whether it is overdue, and the last lenient look is long enough ago for another. */
  boolean wantsLook(ModelVersion current, Progress progress, InterimLooks looks) {
    return isOverdue(current, progress)
        && looks
            .at(current.version())
            .lenientAt()
            .filter(last -> last.plus(target.dividedBy(LOOKS)).isAfter(clock.instant()))
            .isEmpty();
  }

  /** Those after an evaluation that was lenient. */
  InterimLooks looked(InterimLooks looks) {
    return looks.lenientAt(clock.instant());
  }
}
