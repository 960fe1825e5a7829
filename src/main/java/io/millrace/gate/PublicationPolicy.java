package io.millrace.gate;

import io.millrace.gate.TestResult.Mode;
import io.millrace.score.ClassScore;
import io.millrace.score.Evaluation;
import java.util.Locale;
import java.util.Optional;

/**
 * The gate. A challenger replaces the champion where a test on the same held-out examples shows it
 * to be better, or, once the champion is older than wanted, not worse than a margin; and only where
 * no floor is broken. Immutable, any thread.
 */
public final class PublicationPolicy {

  private final PublicationSettings settings;
  private final GateRules rules;
  private final SignificanceTest test;
  private final Guardrails floors;

  /**
   * @param rules the task's
   */
  public PublicationPolicy(PublicationSettings settings, GateRules rules) {
    this.settings = settings;
    this.rules = rules;
    this.test = new SignificanceTest(rules.test(), settings.errorRate(), settings.margin());
    this.floors =
        new Guardrails(
            settings.classEvidence(),
            settings.maxRecallLoss(),
            settings.maxGoldenLoss(),
            rules.headline());
  }

  /**
   * Whether there are enough held-out examples for a first version: of the rarest label, or, where
   * that is so rare that they may never come, in all.
   */
  public boolean hasEvidence(long examplesOfRarestLabel, long examples, int labels) {
    return examplesOfRarestLabel >= settings.minHeldOutPerLabel() || examples >= inAll(labels);
  }

  /** Twice what all labels would need, and no more than a comparison does. */
  private long inAll(int labels) {
    return Math.min(2L * settings.minHeldOutPerLabel() * labels, settings.minExamples());
  }

  /** Decides on a candidate that an operator wants: only what is broken is held. */
  public PublicationDecision byCommand(Evaluation candidate, String command) {
    return broken(candidate)
        .orElseGet(
            () ->
                new PublicationDecision.Publish(
                    format(
                        "published by command %s: loss %.4f on %d held-out examples",
                        command, candidate.loss(), candidate.examples())));
  }

  /** Decides on the first version. */
  public PublicationDecision first(Evaluation candidate) {
    Optional<PublicationDecision> broken = broken(candidate);
    if (broken.isPresent()) {
      return broken.get();
    }
    for (ClassScore score : candidate.classes()) {
      if (!hasEvidence(score.support(), candidate.examples(), candidate.classes().size())) {
        return new PublicationDecision.Hold(
            format(
                "held: %d held-out examples of \"%s\", the first version needs %d of each label or %d in all",
                score.support(),
                score.label(),
                settings.minHeldOutPerLabel(),
                inAll(candidate.classes().size())));
      }
    }
    if (candidate.classes().isEmpty()
        && !hasEvidence(candidate.examples(), candidate.examples(), 1)) {
      return new PublicationDecision.Hold(
          format(
              "held: %d held-out examples, the first version needs %d",
              candidate.examples(), Math.min(settings.minHeldOutPerLabel(), inAll(1))));
    }
    if (candidate.loss() >= candidate.priorLoss()) {
      return new PublicationDecision.Hold(
          format(
              "held: loss %.4f does not beat %.4f, that of always answering %s",
              candidate.loss(), candidate.priorLoss(), rules.constant()));
    }
    Optional<String> collapsed = floors.collapsed(candidate);
    if (collapsed.isPresent()) {
      return new PublicationDecision.Hold("held: " + collapsed.get());
    }
    return new PublicationDecision.Publish(
        format(
            "published as the first: loss %.4f beats %.4f, that of always answering %s",
            candidate.loss(), candidate.priorLoss(), rules.constant()));
  }

  /**
   * Decides on a challenger.
   *
   * @param looks those of the champion's reign so far
   */
  public Outcome next(Challenge challenge, InterimLooks looks) {
    Optional<PublicationDecision> broken = broken(challenge.challenger());
    if (broken.isPresent()) {
      return new Outcome(broken.get(), looks);
    }
    if (challenge.window().size() < settings.minExamples()) {
      return new Outcome(
          new PublicationDecision.Hold(
              format(
                  "held: %d held-out examples, a comparison needs %d",
                  challenge.window().size(), settings.minExamples())),
          looks);
    }
    if (!Double.isFinite(challenge.champion().loss())) {
      return new Outcome(
          new PublicationDecision.Publish(
              format(
                  "published: loss %.4f, the current version's is not finite (%s) on the same %d examples",
                  challenge.challenger().loss(),
                  challenge.champion().loss(),
                  challenge.challenger().examples())),
          looks);
    }
    Mode mode = challenge.overdue() ? Mode.NON_INFERIOR : Mode.SUPERIOR;
    TestResult result = test.test(mode, challenge.window(), looks);
    InterimLooks after = looks.after(mode);
    Optional<String> floor = result.isShown() ? floors.broken(challenge) : Optional.empty();
    if (floor.isPresent()) {
      return new Outcome(
          new PublicationDecision.Hold("held: " + floor.get(), Optional.of(result)), after);
    }
    return new Outcome(
        result.isShown()
            ? new PublicationDecision.Publish("published: " + words(result), Optional.of(result))
            : new PublicationDecision.Hold("held: " + words(result), Optional.of(result)),
        after);
  }

  /**
   * Whether the champion has turned out worse than its predecessor, on examples that arrived behind
   * it.
   *
   * @param fresh challenger: the champion
   * @param predecessor its number
   * @return a roll-back, or a hold where it is too early to look or nothing is shown
   */
  public Outcome regression(PairedScores fresh, long predecessor, InterimLooks looks) {
    if (fresh.size() < settings.minExamples()) {
      return new Outcome(new PublicationDecision.Hold("too few fresh examples"), looks);
    }
    TestResult result = test.test(Mode.REGRESSION, fresh.swapped(), looks);
    return new Outcome(
        result.isShown()
            ? new PublicationDecision.RollBack(
                predecessor,
                format("rolled back to version %d: %s", predecessor, words(result)),
                Optional.of(result))
            : new PublicationDecision.Hold("no regression is shown", Optional.of(result)),
        looks.after(Mode.REGRESSION));
  }

  private static Optional<PublicationDecision> broken(Evaluation candidate) {
    if (candidate.examples() == 0) {
      return Optional.of(new PublicationDecision.Hold("held: there are no held-out examples yet"));
    }
    return Double.isFinite(candidate.loss())
        ? Optional.empty()
        : Optional.of(
            new PublicationDecision.Hold(
                format(
                    "held: the candidate's loss is not finite (%s on %d held-out examples)",
                    candidate.loss(), candidate.examples())));
  }

  private String words(TestResult result) {
    String claim =
        switch (result.mode()) {
          case SUPERIOR -> "the candidate is %s better".formatted(shown(result));
          case NON_INFERIOR ->
              format(
                  "freshness is overdue, the candidate is %s less than %.3f worse",
                  shown(result), result.margin());
          case REGRESSION -> "its predecessor is %s better".formatted(shown(result));
        };
    return format(
        "%s: %s difference %+.4f on %d examples (%d better, %d worse), p %.2g against %.2g at look %d",
        claim,
        rules.test().measure(),
        result.difference(),
        result.examples(),
        result.better(),
        result.worse(),
        result.pValue(),
        result.level(),
        result.look());
  }

  private static String shown(TestResult result) {
    return result.isShown() ? "shown to be" : "not shown to be";
  }

  private static String format(String sentence, Object... numbers) {
    return String.format(Locale.ROOT, sentence, numbers);
  }

  /**
   * A decision, and the looks after it.
   *
   * @param looks to be kept for the next
   */
  public record Outcome(PublicationDecision decision, InterimLooks looks) {}
}
