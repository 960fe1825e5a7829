package io.millrace.promotion;

import io.millrace.example.Partition;
import io.millrace.gate.Challenge;
import io.millrace.gate.InterimLooks;
import io.millrace.gate.PairedScores;
import io.millrace.gate.PublicationDecision;
import io.millrace.gate.PublicationPolicy;
import io.millrace.gate.PublicationSettings;
import io.millrace.gate.TestResult;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.learner.Progress;
import io.millrace.model.TransformerClassifier;
import io.millrace.score.Evaluation;
import io.millrace.score.Temperature;
import io.millrace.time.RunClock;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.version.Provenance.OffsetRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scores a challenger, the champion and the champion's predecessor on the same examples, and has
 * the gate decide. A published version costs a forward pass for each new example only. Training
 * thread only.
 */
public final class PromotionGate {

  private final PublicationPolicy policy;
  private final PublicationSettings settings;
  private final HeldOutEvaluator evaluator;
  private final Freshness freshness;
  private InterimLooks looks;

  /** For a run in which nothing was rolled back. */
  public PromotionGate(
      PublicationSettings settings,
      HeldOutEvaluator evaluator,
      InterimLooks looks,
      RunClock clock) {
    this(
        settings,
        evaluator,
        looks,
        new Freshness(settings.freshness(), Optional.empty(), clock::now));
  }

  /**
   * @param looks those of the current version's reign so far
   */
  public PromotionGate(
      PublicationSettings settings,
      HeldOutEvaluator evaluator,
      InterimLooks looks,
      Freshness freshness) {
    this.policy = new PublicationPolicy(settings, evaluator.task().gate(settings.score()));
    this.settings = settings;
    this.evaluator = evaluator;
    this.looks = looks;
    this.freshness = freshness;
  }

  /** How the wanted age changes what is asked, and when. */
  Freshness freshness() {
    return freshness;
  }

  /** Whether freshness is overdue and a lenient look may be taken at what was trained since. */
  boolean wantsLenientLook(Optional<Champion> champion, Progress progress) {
    return champion.isPresent() && freshness.wantsLook(champion.get().version(), progress, looks);
  }

  /** Those of the current version's reign so far: what a unit keeps. */
  public InterimLooks looks() {
    return looks;
  }

  /** Whether there are enough held-out examples for a first version. */
  boolean hasEvidence(HeldOutWindow heldOut, int labels) {
    List<HeldOutExample> window = judgedBy(heldOut.examples());
    return policy.hasEvidence(HeldOutWindow.smallestClass(window, labels), window.size(), labels);
  }

  /**
   * Decides.
   *
   * @param progress how far the challenger is
   * @param command of an operator who wants it published; empty for the gate
   */
  public Verdict decide(
      TransformerClassifier challenger,
      Progress progress,
      HeldOutWindow heldOut,
      Optional<Champion> champion,
      Optional<Champion> predecessor,
      Optional<String> command) {
    List<HeldOutExample> window = judgedBy(heldOut.examples());
    List<HeldOutExample> golden = heldOut.golden();
    Temperature temperature = temperature(challenger, heldOut.examples());
    HeldOutEvaluator.FrozenScores scores =
        evaluator.frozen(tokens -> temperature.of(challenger.logits(tokens)));
    Evaluation candidate = scores.evaluate(window);
    Optional<Evaluation> goldenScore =
        golden.isEmpty() ? Optional.empty() : Optional.of(scores.evaluate(golden));
    Optional<Evaluation> current = champion.map(version -> version.evaluate(window));
    Optional<Evaluation> currentGolden =
        golden.isEmpty() ? Optional.empty() : champion.map(version -> version.evaluate(golden));
    Optional<PublicationDecision> regression = Optional.empty();
    PublicationDecision decision;
    if (command.isPresent()) {
      decision = policy.byCommand(candidate, command.get());
    } else if (champion.isEmpty()) {
      decision = policy.first(candidate);
    } else {
      looks = looks.at(champion.get().version().version());
      regression = regression(champion.get(), predecessor, window);
      decision =
          regression
              .filter(PublicationDecision.RollBack.class::isInstance)
              .orElseGet(
                  () ->
                      next(
                          scores,
                          candidate,
                          current.get(),
                          champion.get(),
                          progress,
                          window,
                          golden,
                          currentGolden));
    }
    return new Verdict(
        candidate,
        scores,
        current,
        goldenScore,
        currentGolden,
        decision,
        regression.flatMap(PublicationDecision::test),
        temperature);
  }

  private Temperature temperature(TransformerClassifier challenger, List<HeldOutExample> examples) {
    return settings.temperatureScaling()
        ? evaluator
            .frozen(challenger::logits)
            .temperature(
                examples.stream().filter(example -> !isJudgedBy(example)).toList(),
                settings.minExamples())
        : Temperature.NONE;
  }

  private List<HeldOutExample> judgedBy(List<HeldOutExample> examples) {
    return settings.temperatureScaling()
        ? examples.stream().filter(PromotionGate::isJudgedBy).toList()
        : examples;
  }

  /** Half of all, by id: whatever else alternates in a stream. */
  static boolean isJudgedBy(HeldOutExample example) {
    return (example.id().hashCode() * 0x9E3779B9) >>> 31 == 0;
  }

  private PublicationDecision next(
      HeldOutEvaluator.FrozenScores scores,
      Evaluation candidate,
      Evaluation current,
      Champion champion,
      Progress progress,
      List<HeldOutExample> window,
      List<HeldOutExample> golden,
      Optional<Evaluation> currentGolden) {
    boolean lenient = freshness.wantsLook(champion.version(), progress, looks);
    PublicationPolicy.Outcome outcome =
        policy.next(
            new Challenge(
                candidate,
                current,
                new PairedScores(scores.scored(window), champion.scored(window)),
                golden.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new PairedScores(scores.scored(golden), champion.scored(golden))),
                currentGolden.map(champion.version()::bestGoldenOn),
                lenient),
            looks);
    looks = lenient ? freshness.looked(outcome.looks()) : outcome.looks();
    return outcome.decision();
  }

  /**
   * A roll-back, or a hold where none is shown; empty where there is nothing to compare with. Only
   * examples that came behind the version count: it was chosen by those before.
   */
  private Optional<PublicationDecision> regression(
      Champion champion, Optional<Champion> predecessor, List<HeldOutExample> window) {
    if (!settings.rollBack() || predecessor.isEmpty()) {
      return Optional.empty();
    }
    List<HeldOutExample> fresh =
        window.stream()
            .filter(example -> isBehind(champion.version().provenance().offsets(), example))
            .toList();
    PublicationPolicy.Outcome outcome =
        policy.regression(
            new PairedScores(champion.scored(fresh), predecessor.get().scored(fresh)),
            predecessor.get().version().version(),
            looks);
    looks = outcome.looks();
    return Optional.of(outcome.decision());
  }

  static boolean isBehind(Map<Partition, OffsetRange> offsets, HeldOutExample example) {
    OffsetRange seen = offsets.get(example.position().inPartition());
    return seen == null || example.position().offset() >= seen.to();
  }

  /**
   * What was decided, and the scores that led to it.
   *
   * @param candidate on the window
   * @param scores the candidate's single predictions
   * @param champion on the same examples; empty before the first version
   * @param golden the candidate's on the golden set; empty while that is empty
   * @param championGolden the champion's on it
   * @param regression test of the champion against its predecessor; empty where there was none
   * @param temperature what the candidate's logits were divided by, and are where it is published
   */
  public record Verdict(
      Evaluation candidate,
      HeldOutEvaluator.FrozenScores scores,
      Optional<Evaluation> champion,
      Optional<Evaluation> golden,
      Optional<Evaluation> championGolden,
      PublicationDecision decision,
      Optional<TestResult> regression,
      Temperature temperature) {}
}
