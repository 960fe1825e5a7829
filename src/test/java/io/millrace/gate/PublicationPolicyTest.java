package io.millrace.gate;

import static io.millrace.gate.Scores.loss;
import static io.millrace.gate.Scores.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.gate.PublicationDecision.Hold;
import io.millrace.gate.PublicationDecision.Publish;
import io.millrace.gate.PublicationDecision.RollBack;
import io.millrace.score.Evaluation;
import io.millrace.score.ExampleScore;
import io.millrace.testing.Evaluations;
import io.millrace.testing.Labels;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationPolicyTest {

  private final PublicationPolicy policy = policy(Map.of());

  @Test
  void theFirstVersionNeedsEnoughExamplesOfEachLabel() {
    assertThat(policy.first(of(0.25, 0.69, 20, 20))).isInstanceOf(Publish.class);
    assertThat(policy.first(of(0.25, 0.69, 60, 19)))
        .isEqualTo(
            new Hold(
                "held: 19 held-out examples of \"spam\", the first version needs 20 of each label or 80 in all"));
    assertThat(policy.hasEvidence(0, 99, 77)).isFalse();
    assertThat(policy.hasEvidence(0, 100, 77)).as("many labels").isTrue();
    assertThat(policy.first(of(0.25, 0.69, 79, 1)))
        .as("a label that is too rare is not waited for")
        .isInstanceOf(Publish.class);
  }

  @Test
  void theFirstVersionMustBeatTheClassFrequencies() {
    assertThat(policy.first(of(0.68, 0.69, 20, 20)))
        .isEqualTo(
            new Publish(
                "published as the first: loss 0.6800 beats 0.6900, that of always answering the class frequencies"));
    assertThat(policy.first(of(0.69, 0.69, 20, 20))).isInstanceOf(Hold.class);
  }

  @Test
  void aFirstVersionThatNeverGivesALabelIsHeld() {
    Evaluation collapsed = recall(0, 20);

    assertThat(policy.first(collapsed))
        .isEqualTo(
            new Hold("held: class \"spam\" has collapsed: none of its 20 examples is recognised"));
    assertThat(policy.first(recall(0.05, 20))).isInstanceOf(Publish.class);
    assertThat(policy(Map.of("class-evidence", "21")).first(collapsed)).isInstanceOf(Publish.class);
    assertThat(policy.byCommand(collapsed, "now")).isInstanceOf(Publish.class);
  }

  @Test
  void aChampionWhoseLossIsNotFiniteIsReplacedOnceThereIsEnoughEvidence() {
    Challenge few = againstBroken(99);
    Challenge enough = againstBroken(100);

    assertThat(policy.next(few, InterimLooks.NONE).decision())
        .isEqualTo(new Hold("held: 99 held-out examples, a comparison needs 100"));
    assertThat(policy.next(enough, InterimLooks.NONE).decision().reason())
        .isEqualTo(
            "published: loss 0.2500, the current version's is not finite (NaN) on the same 40"
                + " examples");
  }

  @Test
  void aChallengerMustBeShownToBeBetter() {
    // Given 12 examples that only the challenger gets right, and 1 that only the champion does
    PublicationPolicy.Outcome clear = policy.next(challenge(500, 12, 1, false), InterimLooks.NONE);

    // Then P(Bin(13, 1/2) >= 12) = 14/8192
    assertThat(clear.decision())
        .isInstanceOf(Publish.class)
        .satisfies(
            decision ->
                assertThat(decision.reason())
                    .isEqualTo(
                        "published: the candidate is shown to be better: accuracy difference"
                            + " +0.0220 on 500 examples (12 better, 1 worse), p 0.0017 against"
                            + " 0.013 at look 1"));
    assertThat(clear.decision().test().orElseThrow().pValue()).isEqualTo(14 / 8192.0);
    assertThat(clear.looks().superior()).isEqualTo(1);

    // And that the same is not enough at a tenth look
    InterimLooks many = new InterimLooks(1, 9, 0, 0);
    PublicationPolicy.Outcome tenth = policy.next(challenge(500, 12, 1, false), many);
    assertThat(tenth.decision()).isInstanceOf(Hold.class);
    assertThat(tenth.decision().test().orElseThrow().level()).isEqualTo(0.025 / 110);
    assertThat(tenth.looks().superior()).isEqualTo(10);
  }

  @Test
  void onceFreshnessIsOverdueItNeedOnlyNotBeMuchWorse() {
    // Given as good as equal, on many examples
    Challenge fresh = challenge(1000, 10, 10, false);
    Challenge overdue = challenge(1000, 10, 10, true);

    // Then fruitless looks at being better have cost this test nothing
    InterimLooks many = new InterimLooks(1, 50, 0, 0);
    assertThat(policy.next(fresh, many).decision()).isInstanceOf(Hold.class);
    PublicationPolicy.Outcome outcome = policy.next(overdue, many);
    assertThat(outcome.decision()).isInstanceOf(Publish.class);
    assertThat(outcome.decision().reason())
        .startsWith(
            "published: freshness is overdue, the candidate is shown to be less than 0.020 worse:"
                + " accuracy difference +0.0000");
    assertThat(outcome.looks()).isEqualTo(new InterimLooks(1, 50, 1, 0));

    // And one that is worse by the margin is held
    assertThat(policy.next(challenge(1000, 5, 25, true), many).decision()).isInstanceOf(Hold.class);
  }

  @Test
  void aLossIsComparedByItsMean() {
    // Given a challenger whose losses are lower by 0.1 on the average
    PublicationPolicy byLoss = policy(Map.of("score", "log-loss"));
    List<ExampleScore> champion = new ArrayList<>();
    List<ExampleScore> challenger = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      champion.add(score(0, 0, 0.5));
      challenger.add(score(0, 0, i % 2 == 0 ? 0.2 : 0.6));
    }
    Challenge challenge =
        new Challenge(
            loss(0.4),
            loss(0.5),
            new PairedScores(challenger, champion),
            Optional.empty(),
            Optional.empty(),
            false);

    // Then bets of all, a half and a quarter of a capital turn 1 into 6953, 110 and 11
    TestResult test = byLoss.next(challenge, InterimLooks.NONE).decision().test().orElseThrow();
    assertThat(test.isShown()).isTrue();
    assertThat(test.difference()).isCloseTo(0.1, within(1e-12));
    assertThat(test.better()).isEqualTo(100);
    assertThat(1 / test.pValue()).isCloseTo(2357.94, within(0.01));
  }

  @Test
  void tooFewExamplesShowNothingAndCostNoLook() {
    PublicationPolicy.Outcome outcome = policy.next(challenge(99, 50, 0, false), InterimLooks.NONE);

    assertThat(outcome.decision())
        .isEqualTo(new Hold("held: 99 held-out examples, a comparison needs 100"));
    assertThat(outcome.looks()).isEqualTo(InterimLooks.NONE);
  }

  @Test
  void aClassThatCollapsesOrLosesMuchIsRefusedHoweverGoodTheRest() {
    assertThat(policy.next(spam(20, 8, 8), InterimLooks.NONE).decision().reason())
        .isEqualTo(
            "held: class \"spam\" has collapsed: none of its 20 examples is recognised, the"
                + " current version's recall is 0.400");
    assertThat(policy.next(spam(40, 40, 6), InterimLooks.NONE).decision().reason())
        .isEqualTo(
            "held: recall of \"spam\" is 0.850, more than 0.100 below the current version's 1.000"
                + " on the same 40 examples, p 0.016 against 0.025");
    assertThat(policy.next(spam(100, 100, 9), InterimLooks.NONE).decision())
        .as("surely worse, but by less")
        .isInstanceOf(Publish.class);
    assertThat(policy.next(spam(40, 40, 5), InterimLooks.NONE).decision())
        .as("more, but perhaps by chance")
        .isInstanceOf(Publish.class);
    assertThat(policy.next(spam(19, 19, 19), InterimLooks.NONE).decision())
        .as("too few to tell")
        .isInstanceOf(Publish.class);
  }

  @Test
  void whatWasKnownEarlyMustStillBeKnown() {
    // Given a challenger that is better on the window and has forgotten 3 of 100 golden examples
    Challenge forgotten = challenge(500, 20, 1, false, Optional.of(pair(100, 0, 3)));
    Challenge slightly = challenge(500, 20, 1, false, Optional.of(pair(100, 0, 2)));

    // Then
    assertThat(policy.next(forgotten, InterimLooks.NONE).decision().reason())
        .isEqualTo(
            "held: accuracy on the golden set is 0.9700, more than 0.0200 below the current"
                + " version's 1.0000 on the same 100 examples");
    assertThat(policy.next(slightly, InterimLooks.NONE).decision()).isInstanceOf(Publish.class);
  }

  @Test
  void smallLossesOnTheGoldenSetDoNotAddUpFromVersionToVersion() {
    // Given a champion that recognises 98 of 100 golden examples, and a challenger with 97
    Optional<PairedScores> golden = Optional.of(pair(100, 2, 3));

    // Then it depends on what the versions before them recognised
    assertThat(
            policy.next(challenge(golden, Optional.of(1.0)), InterimLooks.NONE).decision().reason())
        .isEqualTo(
            "held: accuracy on the golden set is 0.9700, more than 0.0200 below the best of earlier"
                + " versions, 1.0000 on the same 100 examples");
    assertThat(policy.next(challenge(golden, Optional.of(0.99)), InterimLooks.NONE).decision())
        .isInstanceOf(Publish.class);
  }

  @Test
  void aVersionThatTurnsOutWorseThanItsPredecessorIsRolledBack() {
    // Given, on fresh examples, 12 that only the predecessor gets right and 1 that only the version
    PublicationPolicy.Outcome worse = policy.regression(pair(200, 1, 12), 6, InterimLooks.NONE);

    assertThat(worse.decision()).isInstanceOf(RollBack.class);
    assertThat(((RollBack) worse.decision()).version()).isEqualTo(6);
    assertThat(worse.decision().reason())
        .startsWith("rolled back to version 6: its predecessor is shown to be better");
    assertThat(worse.looks()).isEqualTo(new InterimLooks(0, 0, 0, 1));
    assertThat(policy.regression(pair(200, 5, 6), 6, InterimLooks.NONE).decision())
        .isInstanceOf(Hold.class);
    assertThat(policy.regression(pair(99, 0, 50), 6, InterimLooks.NONE).looks())
        .isEqualTo(InterimLooks.NONE);
  }

  @Test
  void anotherVersionsReignBeginsWithoutLooks() {
    assertThat(new InterimLooks(3, 4, 5, 6).at(4)).isEqualTo(new InterimLooks(4, 0, 0, 0));
    assertThat(new InterimLooks(3, 4, 5, 6).at(3)).isEqualTo(new InterimLooks(3, 4, 5, 6));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aLossThatIsNotFiniteIsHeldEvenByCommand(double broken) {
    Hold hold =
        new Hold(
            "held: the candidate's loss is not finite (%s on 40 held-out examples)"
                .formatted(broken));
    assertThat(policy.first(loss(broken))).isEqualTo(hold);
    assertThat(policy.byCommand(loss(broken), "now")).isEqualTo(hold);
    assertThat(policy.byCommand(loss(0.9), "now")).isInstanceOf(Publish.class);
  }

  @Test
  void withoutExamplesThereIsNothingToDecideOn() {
    assertThat(policy.first(of(Double.NaN, Double.NaN, 0, 0)))
        .isEqualTo(new Hold("held: there are no held-out examples yet"));
  }

  @Test
  void scoresOnDifferentExamplesAreNotCompared() {
    assertThatThrownBy(() -> new PairedScores(List.of(right()), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("candidate and champion are compared on the same examples, not on 1 and 0");
  }

  @Test
  void reasonsReadTheSameInEveryLocale() {
    // Given
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

      // Then
      assertThat(policy.first(loss(0.25)).reason()).isASCII();
      assertThat(policy.next(challenge(500, 12, 1, false), InterimLooks.NONE).decision().reason())
          .isASCII();
    } finally {
      Locale.setDefault(before);
    }
  }

  private static PublicationPolicy policy(Map<String, String> changes) {
    SmallRyeConfigBuilder config =
        new SmallRyeConfigBuilder()
            .withMapping(PublicationSettings.class)
            .withConverter(Duration.class, 200, new DurationConverter());
    changes.forEach(
        (name, value) -> config.withDefaultValue("millrace.publication." + name, value));
    PublicationSettings settings = config.build().getConfigMapping(PublicationSettings.class);
    return new PublicationPolicy(settings, Labels.TASK.gate(settings.score()));
  }

  private static Challenge challenge(int examples, int better, int worse, boolean overdue) {
    return challenge(examples, better, worse, overdue, Optional.empty());
  }

  private static Challenge challenge(
      int examples, int better, int worse, boolean overdue, Optional<PairedScores> golden) {
    return new Challenge(
        loss(0.25), loss(0.5), pair(examples, better, worse), golden, Optional.empty(), overdue);
  }

  private static Challenge challenge(Optional<PairedScores> golden, Optional<Double> best) {
    return new Challenge(loss(0.25), loss(0.5), pair(500, 20, 1), golden, best, false);
  }

  private static Challenge againstBroken(int examples) {
    return new Challenge(
        loss(0.25),
        loss(Double.NaN),
        pair(examples, 0, 0),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /**
   * Better at ham; of the spam the champion recognises some, of which the challenger loses some.
   */
  private static Challenge spam(int examples, int recognised, int lost) {
    List<ExampleScore> challenger = new ArrayList<>();
    List<ExampleScore> champion = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      challenger.add(score(0, 0, 0.1));
      champion.add(score(0, i < 60 ? 1 : 0, 0.1));
    }
    for (int i = 0; i < examples; i++) {
      challenger.add(i >= lost && i < recognised ? right() : wrong());
      champion.add(i < recognised ? right() : wrong());
    }
    return new Challenge(
        loss(0.25),
        loss(0.5),
        new PairedScores(challenger, champion),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  private static Evaluation recall(double recall, long support) {
    return Evaluations.like(loss(0.25))
        .labels(List.of())
        .label("spam", support, 1, recall, 1)
        .build();
  }

  private static PairedScores pair(int examples, int better, int worse) {
    List<ExampleScore> challenger = new ArrayList<>();
    List<ExampleScore> champion = new ArrayList<>();
    for (int i = 0; i < examples; i++) {
      challenger.add(i >= better && i < better + worse ? wrong() : right());
      champion.add(i < better ? wrong() : right());
    }
    return new PairedScores(challenger, champion);
  }

  private static ExampleScore score(int label, int predicted, double loss) {
    return new ExampleScore(loss, new double[] {label == predicted ? 1 : 0}, new int[] {label});
  }

  private static ExampleScore right() {
    return score(1, 1, 0.1);
  }

  private static ExampleScore wrong() {
    return score(1, 0, 2);
  }
}
