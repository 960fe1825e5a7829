package io.millrace.publication;

import static io.millrace.publication.Scores.loss;
import static io.millrace.publication.Scores.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.evaluation.Evaluation;
import io.millrace.publication.PublicationDecision.Hold;
import io.millrace.publication.PublicationDecision.Publish;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationPolicyTest {

  // Halves and quarters are exact in binary, so the boundary is a boundary.
  private final PublicationPolicy policy = new PublicationPolicy(0.25, 20);

  @Test
  void theFirstVersionNeedsEnoughExamplesOfEachLabel() {
    assertThat(first(of(0.25, 0.69, 20, 20))).isInstanceOf(Publish.class);
    assertThat(first(of(0.25, 0.69, 400, 19)))
        .isEqualTo(
            new Hold(
                "held: 19 held-out examples of \"spam\", the first version needs 20 of each label"));
    assertThat(first(of(0.25, 0.69, 0, 400)).reason()).contains("0 held-out examples of \"ham\"");
  }

  @Test
  void theFirstVersionMustBeatTheClassFrequencies() {
    assertThat(first(of(0.68, 0.69, 20, 20)))
        .isEqualTo(
            new Publish(
                "published as the first: loss 0.6800 beats 0.6900, that of always answering the class frequencies"));
    assertThat(first(of(0.69, 0.69, 20, 20)))
        .isEqualTo(
            new Hold(
                "held: loss 0.6900 does not beat 0.6900, that of always answering the class frequencies"));
  }

  @Test
  void laterVersionsMustBeLowerByTheSetting() {
    assertThat(next(0.5, 0.75))
        .isEqualTo(
            new Publish(
                "published: loss 0.5000 is 0.2500 below the current version's 0.7500 on the same 40 examples"));
    assertThat(next(Math.nextUp(0.5), 0.75))
        .isEqualTo(
            new Hold(
                "held: loss 0.5000 is not at least 0.2500 below the current version's 0.7500 on the same 40 examples"));
    assertThat(next(0.9, 0.75)).isInstanceOf(Hold.class);
  }

  @Test
  void laterVersionsNeedNoMinimumOfEachLabel() {
    assertThat(policy.decide(of(0.25, 0.5, 39, 1), Optional.of(of(0.75, 0.5, 39, 1))))
        .isInstanceOf(Publish.class);
  }

  @Test
  void equalIsNotLowerEvenWhereNoDecreaseIsAsked() {
    PublicationPolicy anyDecrease = new PublicationPolicy(0, 20);
    assertThat(anyDecrease.decide(loss(0.5), Optional.of(loss(0.5)))).isInstanceOf(Hold.class);
    assertThat(anyDecrease.decide(loss(Math.nextDown(0.5)), Optional.of(loss(0.5))))
        .isInstanceOf(Publish.class);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aLossThatIsNotFiniteIsHeld(double broken) {
    assertThat(first(loss(broken)))
        .isEqualTo(
            new Hold(
                "held: the candidate's loss is not finite (%s on 40 held-out examples)"
                    .formatted(broken)));
    assertThat(next(broken, 0.75)).isInstanceOf(Hold.class);
  }

  @Test
  void aFiniteLossReplacesAVersionWhoseOwnIsNot() {
    assertThat(next(0.5, Double.NaN))
        .isEqualTo(
            new Publish(
                "published: loss 0.5000, the current version's is not finite (NaN) on the same 40 examples"));
  }

  @Test
  void withoutExamplesThereIsNothingToDecideOn() {
    assertThat(first(of(Double.NaN, Double.NaN, 0, 0)))
        .isEqualTo(new Hold("held: there are no held-out examples yet"));
  }

  @Test
  void scoresOnDifferentExamplesAreNotCompared() {
    assertThatThrownBy(
            () -> policy.decide(of(0.1, 0.69, 20, 20), Optional.of(of(0.9, 0.69, 20, 21))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("candidate and champion are compared on the same examples, not on 40 and 41");
  }

  @Test
  void reasonsReadTheSameInEveryLocale() {
    // Given
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

      // Then
      List<PublicationDecision> decisions =
          List.of(first(loss(0.25)), first(of(0.25, 0.69, 19, 20)), next(0.5, 0.75));
      assertThat(decisions).allSatisfy(decision -> assertThat(decision.reason()).isASCII());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theDefaultsAreThoseOfTheFirstSimpleGate() {
    // Given
    PublicationSettings settings =
        new SmallRyeConfigBuilder()
            .withMapping(PublicationSettings.class)
            .build()
            .getConfigMapping(PublicationSettings.class);

    // Then
    assertThat(new PublicationPolicy(settings)).isEqualTo(new PublicationPolicy(0.005, 20));
    assertThat(settings.keepVersions()).isEqualTo(5);
  }

  private PublicationDecision first(Evaluation candidate) {
    return policy.decide(candidate, Optional.empty());
  }

  private PublicationDecision next(double candidate, double champion) {
    return policy.decide(loss(candidate), Optional.of(loss(champion)));
  }
}
