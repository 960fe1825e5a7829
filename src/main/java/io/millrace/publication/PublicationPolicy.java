package io.millrace.publication;

import io.millrace.evaluation.ClassScore;
import io.millrace.evaluation.Evaluation;
import java.util.Locale;
import java.util.Optional;

/**
 * The gate: a first, simple one, which compares mean losses on the same held-out examples. Equal is
 * not lower, whatever the setting.
 *
 * @param minLossDecrease how much lower the candidate's loss must be at least, nats
 * @param minHeldOutPerLabel held-out examples of each label before a first version
 */
public record PublicationPolicy(double minLossDecrease, int minHeldOutPerLabel) {

  public PublicationPolicy(PublicationSettings settings) {
    this(settings.minLossDecrease(), settings.minHeldOutPerLabel());
  }

  /** Whether the rarest label has enough held-out examples for a first version. */
  public boolean hasEvidence(long examplesOfRarestLabel) {
    return examplesOfRarestLabel >= minHeldOutPerLabel;
  }

  /**
   * Decides on a candidate.
   *
   * @param candidate its scores
   * @param champion the current version's scores on the same examples, empty before the first
   * @throws IllegalArgumentException when the two were scored on different numbers of examples
   */
  public PublicationDecision decide(Evaluation candidate, Optional<Evaluation> champion) {
    if (champion.isPresent() && champion.get().examples() != candidate.examples()) {
      throw new IllegalArgumentException(
          "candidate and champion are compared on the same examples, not on %d and %d"
              .formatted(candidate.examples(), champion.get().examples()));
    }
    if (candidate.examples() == 0) {
      return new PublicationDecision.Hold("held: there are no held-out examples yet");
    }
    if (!Double.isFinite(candidate.loss())) {
      return new PublicationDecision.Hold(
          format(
              "held: the candidate's loss is not finite (%s on %d held-out examples)",
              candidate.loss(), candidate.examples()));
    }
    return champion.isPresent() ? next(candidate, champion.get()) : first(candidate);
  }

  /** Decides on a candidate that an operator wants: only what is broken is held. */
  public PublicationDecision decideByCommand(Evaluation candidate, String command) {
    if (candidate.examples() == 0 || !Double.isFinite(candidate.loss())) {
      return decide(candidate, Optional.empty());
    }
    return new PublicationDecision.Publish(
        format(
            "published by command %s: loss %.4f on %d held-out examples",
            command, candidate.loss(), candidate.examples()));
  }

  private PublicationDecision first(Evaluation candidate) {
    for (ClassScore score : candidate.classes()) {
      if (!hasEvidence(score.support())) {
        return new PublicationDecision.Hold(
            format(
                "held: %d held-out examples of \"%s\", the first version needs %d of each label",
                score.support(), score.label(), minHeldOutPerLabel));
      }
    }
    if (candidate.loss() >= candidate.priorLoss()) {
      return new PublicationDecision.Hold(
          format(
              "held: loss %.4f does not beat %.4f, that of always answering the class frequencies",
              candidate.loss(), candidate.priorLoss()));
    }
    return new PublicationDecision.Publish(
        format(
            "published as the first: loss %.4f beats %.4f, that of always answering the class frequencies",
            candidate.loss(), candidate.priorLoss()));
  }

  private PublicationDecision next(Evaluation candidate, Evaluation champion) {
    if (!Double.isFinite(champion.loss())) {
      return new PublicationDecision.Publish(
          format(
              "published: loss %.4f, the current version's is not finite (%s) on the same %d examples",
              candidate.loss(), champion.loss(), candidate.examples()));
    }
    double decrease = champion.loss() - candidate.loss();
    if (decrease > 0 && decrease >= minLossDecrease) {
      return new PublicationDecision.Publish(
          format(
              "published: loss %.4f is %.4f below the current version's %.4f on the same %d examples",
              candidate.loss(), decrease, champion.loss(), candidate.examples()));
    }
    return new PublicationDecision.Hold(
        format(
            "held: loss %.4f is not at least %.4f below the current version's %.4f on the same %d examples",
            candidate.loss(), minLossDecrease, champion.loss(), candidate.examples()));
  }

  private static String format(String sentence, Object... numbers) {
    return String.format(Locale.ROOT, sentence, numbers);
  }
}
