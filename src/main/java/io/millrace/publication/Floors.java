package io.millrace.publication;

import io.millrace.evaluation.ClassScore;
import io.millrace.evaluation.Evaluation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What no challenger may fall below, however good it is elsewhere.
 *
 * @param classEvidence examples that a class needs in the window before it is looked at
 * @param maxRecallLoss how much lower a class's recall may be than the champion's, 0 to 1
 * @param maxGoldenLoss how much lower the accuracy on the golden set may be than the champion's
 */
record Floors(long classEvidence, double maxRecallLoss, double maxGoldenLoss) {

  /** Shares of counts are exact, their differences not quite. */
  private static final double ROUNDING = 1e-12;

  /** Why the challenger is refused; empty where it is not. */
  Optional<String> broken(
      Evaluation challenger, Evaluation champion, Optional<PairedScores> golden) {
    return classes(challenger.classes(), champion.classes()).or(() -> golden.flatMap(this::golden));
  }

  private Optional<String> classes(List<ClassScore> challenger, List<ClassScore> champion) {
    for (int i = 0; i < Math.min(challenger.size(), champion.size()); i++) {
      ClassScore now = challenger.get(i);
      ClassScore before = champion.get(i);
      if (now.support() < classEvidence) {
        continue;
      }
      if (now.recall() == 0 && before.recall() > 0) {
        return Optional.of(
            format(
                "class \"%s\" has collapsed: none of its %d examples is recognised, the current version's recall is %.3f",
                now.label(), now.support(), before.recall()));
      }
      if (before.recall() - now.recall() > maxRecallLoss + ROUNDING) {
        return Optional.of(
            format(
                "recall of \"%s\" is %.3f, more than %.3f below the current version's %.3f on the same %d examples",
                now.label(), now.recall(), maxRecallLoss, before.recall(), now.support()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> golden(PairedScores golden) {
    double loss = golden.championAccuracy() - golden.challengerAccuracy();
    return loss > maxGoldenLoss + ROUNDING
        ? Optional.of(
            format(
                "accuracy on the golden set is %.4f, more than %.4f below the current version's %.4f on the same %d examples",
                golden.challengerAccuracy(),
                maxGoldenLoss,
                golden.championAccuracy(),
                golden.size()))
        : Optional.empty();
  }

  private static String format(String sentence, Object... numbers) {
    return String.format(Locale.ROOT, sentence, numbers);
  }
}
