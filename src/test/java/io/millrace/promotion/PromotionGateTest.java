package io.millrace.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.Partition;
import io.millrace.gate.InterimLooks;
import io.millrace.gate.TestResult.Mode;
import io.millrace.heldout.GoldenSet;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.learner.Progress;
import io.millrace.model.TransformerClassifier;
import io.millrace.run.LearnerBuilder;
import io.millrace.run.PipelineConfigs;
import io.millrace.run.Progresses;
import io.millrace.score.Temperature;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.testing.Versions;
import io.millrace.time.RunClock;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromotionGateTest {

  private final HeldOutEvaluator evaluator =
      new HeldOutEvaluator(Labels.TASK, 64, () -> LearnerBuilder.LABELS);

  @Test
  void aTemperatureIsFittedOnTheHalfThatTheGateDoesNotScore() {
    // Given
    HeldOutWindow window = window(300);
    PromotionGate judge = judge(Map.of("temperature-scaling", "true"));
    List<HeldOutExample> own =
        window.examples().stream().filter(PromotionGate::isJudgedBy).toList();
    List<HeldOutExample> others =
        window.examples().stream().filter(example -> !PromotionGate.isJudgedBy(example)).toList();
    assertThat(own).hasSizeBetween(120, 180);

    try (TransformerClassifier model = TinyBert.classifier(0, 2)) {
      // When
      PromotionGate.Verdict verdict =
          judge.decide(
              model, trained(), window, Optional.empty(), Optional.empty(), Optional.empty());

      // Then
      Temperature expected = evaluator.frozen(model::logits).temperature(others, 100);
      assertThat(verdict.temperature()).isEqualTo(expected).isNotEqualTo(Temperature.NONE);
      assertThat(verdict.candidate())
          .isEqualTo(evaluator.evaluate(own, tokens -> expected.of(model.logits(tokens))));
    }
  }

  @Test
  void withFewExamplesThereIsNoTemperature() {
    try (TransformerClassifier model = TinyBert.classifier(0, 2)) {
      PromotionGate.Verdict verdict =
          judge(Map.of("temperature-scaling", "true"))
              .decide(
                  model,
                  trained(),
                  window(150),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty());

      assertThat(verdict.temperature()).isEqualTo(Temperature.NONE);
    }
  }

  @Test
  void onlyTheHalfThatIsScoredIsEvidenceForAFirstVersion() {
    Map<String, String> enough = Map.of("min-held-out-per-label", "60");
    Map<String, String> scaled = new HashMap<>(enough);
    scaled.put("temperature-scaling", "true");
    scaled.put("min-examples", "1000");
    HeldOutWindow window = window(150);

    assertThat(judge(enough).hasEvidence(window, 2)).isTrue();
    assertThat(judge(scaled).hasEvidence(window, 2)).isFalse();
  }

  @Test
  void whatIsAskedOfAChallengerDependsOnTheAgeOfTheCurrentVersion() {
    assertThat(mode(Instant.now())).isEqualTo(Mode.SUPERIOR);
    assertThat(mode(Instant.now().minusSeconds(3_700))).isEqualTo(Mode.NON_INFERIOR);
  }

  private Mode mode(Instant createdAt) {
    try (TransformerClassifier model = TinyBert.classifier(0, 2);
        Champion champion = champion(Versions.successor(1, 0, createdAt))) {
      PromotionGate.Verdict verdict =
          judge(Map.of())
              .decide(
                  model,
                  trained(),
                  window(120),
                  Optional.of(champion),
                  Optional.empty(),
                  Optional.empty());
      assertThat(verdict.regression()).isEmpty();
      return verdict.decision().test().orElseThrow().mode();
    }
  }

  @Test
  void aTestAgainstThePredecessorIsToldAlsoWhereItShowsNothing() {
    try (TransformerClassifier model = TinyBert.classifier(0, 2);
        Champion champion = champion(Versions.successor(2, 1, Instant.now()));
        Champion predecessor = champion(Versions.successor(1, 0, Instant.now()))) {
      PromotionGate.Verdict verdict =
          judge(Map.of())
              .decide(
                  model,
                  trained(),
                  window(120),
                  Optional.of(champion),
                  Optional.of(predecessor),
                  Optional.empty());

      assertThat(verdict.regression().orElseThrow().mode()).isEqualTo(Mode.REGRESSION);
      assertThat(verdict.regression().orElseThrow().examples()).isEqualTo(120);
      assertThat(verdict.decision().test().orElseThrow().mode()).isEqualTo(Mode.SUPERIOR);
    }
  }

  @Test
  void onlyExamplesBehindTheVersionAreFreshToIt() {
    Map<Partition, OffsetRange> offsets =
        Map.of(new Partition("examples", 0), new OffsetRange(3, 8));

    assertThat(PromotionGate.isBehind(offsets, Examples.heldOut(7, 4, 0))).isFalse();
    assertThat(PromotionGate.isBehind(offsets, Examples.heldOut(8, 4, 0))).isTrue();
    assertThat(
            PromotionGate.isBehind(
                Map.of(new Partition("examples", 1), new OffsetRange(0, 9)),
                Examples.heldOut(7, 4, 0)))
        .as("a partition that it had read nothing of")
        .isTrue();
  }

  /** Behind more examples than any version here has, the newest sent just now. */
  private static Progress trained() {
    return Progresses.trained(1_000_000, Instant.now());
  }

  private PromotionGate judge(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    settings.forEach((name, value) -> all.put("publication." + name, value));
    return new PromotionGate(
        PipelineConfigs.of(all).publication(), evaluator, InterimLooks.NONE, RunClock.SYSTEM);
  }

  private Champion champion(ModelVersion version) {
    return new Champion(version, TinyBert.classifier(0, 2), evaluator);
  }

  private static HeldOutWindow window(int size) {
    HeldOutWindow window = new HeldOutWindow(size, new GoldenSet(0, 0));
    for (TokenizedExample example : TinyBert.batch(size, 5).examples()) {
      window.add(
          new HeldOutExample(
              example.id(),
              example.text(),
              example.target(),
              example.eventTime(),
              example.position(),
              Optional.empty()));
    }
    return window;
  }
}
