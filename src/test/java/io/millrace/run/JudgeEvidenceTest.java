package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.example.Partition;
import io.millrace.gate.InterimLooks;
import io.millrace.gate.PublicationDecision;
import io.millrace.heldout.GoldenSet;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.learner.Progress;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.promotion.Champion;
import io.millrace.promotion.PromotionGate;
import io.millrace.score.Evaluation;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.testing.Versions;
import io.millrace.time.RunClock;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Which examples count for what: a challenger that always answers 1 against a version that always
 * answers 0, on a window of nothing but 1.
 */
class JudgeEvidenceTest {

  private static final int WINDOW = 200;

  private final HeldOutEvaluator evaluator =
      new HeldOutEvaluator(Labels.TASK, 64, () -> LearnerBuilder.LABELS);

  @Test
  void whatIsBetterOnTheWindowIsPublishedWhereTheGoldenSetAllowsIt() {
    // Given as many of either in the golden set
    assertThat(decide(Versions.version(1), golden(50, 50)))
        .isInstanceOf(PublicationDecision.Publish.class);
  }

  @Test
  void whatHasForgottenTheGoldenSetIsHeld() {
    // When it has 3 points less there, where 2 are allowed
    PublicationDecision decision = decide(Versions.version(1), golden(103, 97));

    // Then
    assertThat(decision).isInstanceOf(PublicationDecision.Hold.class);
    assertThat(decision.reason())
        .contains("accuracy on the golden set is 0.4850")
        .contains("below the current version's 0.5150 on the same 200 examples");
  }

  @Test
  void whatEarlierVersionsHaveLostThereCountsAsWell() {
    // Given a version that is 1.5 points below the best of those before it
    List<HeldOutExample> golden = golden(101, 99);
    Evaluation score = evaluator.evaluate(golden, tokens -> constant(tokens.rows(), 0));
    ModelVersion lost = Versions.scored(Versions.version(1), score, score.accuracy() + 0.015);

    // When another point would be lost
    PublicationDecision decision = decide(lost, golden);

    // Then
    assertThat(decision).isInstanceOf(PublicationDecision.Hold.class);
    assertThat(decision.reason()).contains("below the best of earlier versions, 0.5200");
  }

  @Test
  void aVersionIsComparedWithItsPredecessorOnWhatCameBehindIt() {
    // Given a version that had read all but the last 120 of the window
    ModelVersion version =
        Versions.behind(
            Versions.successor(2, 1, Instant.now()),
            Map.of(new Partition("examples", 0), new OffsetRange(0, WINDOW - 120)));
    try (Champion champion = champion(version, 0);
        Champion predecessor = champion(Versions.version(1), 1);
        TransformerClassifier challenger = always(0)) {
      // When
      PromotionGate.Verdict verdict =
          judge()
              .decide(
                  challenger,
                  trained(),
                  window(List.of()),
                  Optional.of(champion),
                  Optional.of(predecessor),
                  Optional.empty());

      // Then
      assertThat(verdict.regression().orElseThrow().examples()).isEqualTo(120);
      assertThat(verdict.decision()).isInstanceOf(PublicationDecision.RollBack.class);
    }
  }

  private PublicationDecision decide(ModelVersion version, List<HeldOutExample> golden) {
    try (Champion champion = champion(version, 0);
        TransformerClassifier challenger = always(1)) {
      return judge()
          .decide(
              challenger,
              trained(),
              window(golden),
              Optional.of(champion),
              Optional.empty(),
              Optional.empty())
          .decision();
    }
  }

  private PromotionGate judge() {
    return new PromotionGate(
        PipelineConfigs.of(Map.of()).publication(), evaluator, InterimLooks.NONE, RunClock.SYSTEM);
  }

  private static Progress trained() {
    return Progresses.trained(1_000_000, Instant.now());
  }

  private Champion champion(ModelVersion version, int answer) {
    return new Champion(version, always(answer), evaluator);
  }

  private static TransformerClassifier always(int answer) {
    Map<String, HostTensor> weights = TinyBert.weights(0);
    weights.put(
        "classifier.weight",
        new HostTensor(new long[] {2, TinyBert.HIDDEN}, new float[2 * TinyBert.HIDDEN]));
    weights.put("classifier.bias", new HostTensor(new long[] {2}, constant(1, answer)[0]));
    return TransformerClassifier.of(new Bert(TinyBert.config(0)), weights, Device.cpu());
  }

  private static float[][] constant(int rows, int answer) {
    float[][] logits = new float[rows][2];
    for (float[] row : logits) {
      row[answer] = 2;
    }
    return logits;
  }

  private static List<HeldOutExample> golden(int zeros, int ones) {
    List<HeldOutExample> golden = new ArrayList<>();
    for (int i = 0; i < zeros + ones; i++) {
      golden.add(Examples.heldOut(10_000 + i, 4, i < zeros ? 0 : 1));
    }
    return golden;
  }

  private static HeldOutWindow window(List<HeldOutExample> golden) {
    HeldOutWindow window = new HeldOutWindow(WINDOW, GoldenSet.given(golden));
    for (int i = 0; i < WINDOW; i++) {
      window.add(Examples.heldOut(i, 4, 1));
    }
    return window;
  }
}
