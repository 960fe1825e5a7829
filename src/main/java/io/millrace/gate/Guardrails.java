package io.millrace.gate;

import io.millrace.score.ClassScore;
import io.millrace.score.Evaluation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What no challenger may fall below, however good it is elsewhere.
 *
 * @param classEvidence examples that a class needs in the window before it is looked at
 * @param maxRecallLoss how much lower a class's recall may be than the champion's, 0 to 1
 * @param maxGoldenLoss how much lower the headline on the golden set may be than the highest of the
 *     champion and the versions it comes from: measured from the champion alone, small losses would
 *     add up
 * @param headline its name, for messages
 */
record Guardrails(long classEvidence, double maxRecallLoss, double maxGoldenLoss, String headline) {

  /** Shares of counts are exact, their differences not quite. */
  private static final double ROUNDING = 1e-12;

  /**
   * Probability that any class of an equal challenger is called worse. Without a test, one of ten
   * classes of 20 examples has lost more than 10 points by chance at 31% of looks, where the two
   * models differ on a tenth of the examples.
   */
  private static final double FALSE_ALARM = 0.05;

  /** Why the challenger is refused; empty where it is not. */
  Optional<String> broken(Challenge challenge) {
    return classes(challenge.challenger().classes(), challenge.window())
        .or(() -> challenge.golden().flatMap(golden -> golden(golden, challenge.bestGolden())));
  }

  /** Why a first version is refused, which has none to be compared with. */
  Optional<String> collapsed(Evaluation candidate) {
    return candidate.classes().stream()
        .filter(score -> score.support() >= classEvidence && score.recall() == 0)
        .map(
            score ->
                format(
                    "class \"%s\" has collapsed: none of its %d examples is recognised",
                    score.label(), score.support()))
        .findFirst();
  }

  private Optional<String> classes(List<ClassScore> classes, PairedScores window) {
    Map<Integer, PairedScores> counted = new TreeMap<>();
    for (int label = 0; label < classes.size(); label++) {
      PairedScores scores = window.ofGroup(label);
      if (scores.size() >= classEvidence) {
        counted.put(label, scores);
      }
    }
    double level = FALSE_ALARM / Math.max(1, counted.size());
    return counted.entrySet().stream()
        .flatMap(one -> recall(classes.get(one.getKey()).label(), one.getValue(), level).stream())
        .findFirst();
  }

  private Optional<String> recall(String label, PairedScores scores, double level) {
    double now = scores.challengerHeadline();
    double before = scores.championHeadline();
    if (now == 0 && before > 0) {
      return Optional.of(
          format(
              "class \"%s\" has collapsed: none of its %d examples is recognised, the current version's recall is %.3f",
              label, scores.size(), before));
    }
    double pValue = McNemar.pValue(scores.worse(), scores.better());
    return before - now > maxRecallLoss + ROUNDING && pValue <= level
        ? Optional.of(
            format(
                "recall of \"%s\" is %.3f, more than %.3f below the current version's %.3f on the same %d examples, p %.2g against %.2g",
                label, now, maxRecallLoss, before, scores.size(), pValue, level))
        : Optional.empty();
  }

  private Optional<String> golden(PairedScores golden, Optional<Double> best) {
    double now = golden.challengerHeadline();
    double before = golden.championHeadline();
    double highest = Math.max(before, best.orElse(before));
    return highest - now > maxGoldenLoss + ROUNDING
        ? Optional.of(
            format(
                "%s on the golden set is %.4f, more than %.4f below %s %.4f on the same %d examples",
                headline,
                now,
                maxGoldenLoss,
                highest > before ? "the best of earlier versions," : "the current version's",
                highest,
                golden.size()))
        : Optional.empty();
  }

  private static String format(String sentence, Object... numbers) {
    return String.format(Locale.ROOT, sentence, numbers);
  }
}
