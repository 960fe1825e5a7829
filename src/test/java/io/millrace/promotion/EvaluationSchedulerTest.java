package io.millrace.promotion;

import static io.millrace.testing.Examples.NOON;
import static io.millrace.testing.HostTensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.config.PipelineConfig;
import io.millrace.event.MetricRecord;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.LabelSet;
import io.millrace.export.ArtifactContent;
import io.millrace.gate.InterimLooks;
import io.millrace.gate.PublicationDecision;
import io.millrace.gate.TestResult;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.identity.RunIdentity;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerTest;
import io.millrace.learner.StepReport;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.publishing.ArtifactUploader;
import io.millrace.publishing.PublicationFacts;
import io.millrace.publishing.Publisher;
import io.millrace.run.LearnerBuilder;
import io.millrace.run.NoCheckpoints;
import io.millrace.run.Passes;
import io.millrace.run.PipelineConfigs;
import io.millrace.run.SetClock;
import io.millrace.score.Evaluation;
import io.millrace.score.Temperature;
import io.millrace.step.CandidateModel;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.TinyBert;
import io.millrace.testing.TinyTokenizer;
import io.millrace.testing.Versions;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationSchedulerTest {

  private final SetClock clock = new SetClock(NOON);
  private long scoringSeconds;
  private final HeldOutEvaluator evaluator =
      new HeldOutEvaluator(Labels.TASK, 8, this::labelsOfAScoring);
  private Publisher publisher = publisher(new ListedVersions());

  @Test
  void theAverageOfTheWeightsIsWhatIsEvaluatedAndPublished() {
    try (Learner learner =
            new LearnerBuilder()
                .settings(Map.of("ema-decay", "0.9", "learning-rate", "0.01"))
                .build();
        EvaluationScheduler examiner = examiner(learner)) {
      // Given weights that have moved away from their average
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      try (TransformerClassifier average = learner.tuner().candidate();
          CandidateModel model = CandidateModel.of(learner.tuner());
          TransformerClassifier weights =
              TransformerClassifier.of(
                  new Bert(TinyBert.config(0.1)),
                  learner.tuner().snapshot().weights(),
                  Device.cpu())) {
        List<HeldOutExample> heldOut = learner.heldOut().examples();
        Evaluation ofAverage = evaluate(average, heldOut);
        Evaluation ofWeights = evaluate(weights, heldOut);
        assertThat(ofAverage.loss()).isNotEqualTo(ofWeights.loss());

        // When
        pass(3600);
        MetricRecord.Evaluated evaluated = examiner.evaluateIfDue().orElseThrow();
        Publisher.Candidate candidate =
            publisher.candidate(1, learner, model, publishing(ofAverage), Optional.empty());

        // Then
        assertThat(evaluated.candidate().loss()).isEqualTo(ofAverage.loss());
        Map<String, HostTensor> averages = average.snapshot();
        candidate
            .content()
            .weights()
            .forEach(
                (name, weight) ->
                    assertThat(weight.data()).as(name).isEqualTo(averages.get(name).data()));
        assertThat(candidate.logits()).isDeepEqualTo(average.logits(candidate.probes()));
      }
    }
  }

  @Test
  void aDecayBranchIsWhatIsEvaluatedAndPublishedAndTheRunGoesOnWithoutIt() {
    Map<String, String> settings =
        Map.of(
            "lr-scheduler-type",
            "warmup-stable-decay",
            "decay-steps",
            "4",
            "learning-rate",
            "0.01");
    try (Learner learner = new LearnerBuilder().settings(settings).build();
        Learner undisturbed = new LearnerBuilder().settings(settings).build();
        EvaluationScheduler examiner = examiner(learner)) {
      for (int chunk = 0; chunk < 3; chunk++) {
        // When a run is evaluated behind each chunk
        Passes.train(learner, LearnerTest.chunk(chunk), step -> {});
        Passes.train(undisturbed, LearnerTest.chunk(chunk), step -> {});
        pass(3600);
        MetricRecord.Evaluated evaluated = examiner.evaluateIfDue().orElseThrow();

        // Then it is its branch that was scored, and that would be published
        List<HeldOutExample> heldOut = learner.heldOut().examples();
        try (CandidateModel branch = CandidateModel.of(undisturbed.tuner());
            TransformerClassifier own = undisturbed.tuner().candidate()) {
          Evaluation ofBranch = evaluate(branch.model(), heldOut);
          assertThat(evaluated.candidate().loss()).isEqualTo(ofBranch.loss());
          assertThat(ofBranch.loss()).isNotEqualTo(evaluate(own, heldOut).loss());
          ArtifactContent published =
              publisher
                  .candidate(1, undisturbed, branch, publishing(ofBranch), Optional.empty())
                  .content();
          assertThat(published.provenance().step()).isEqualTo(undisturbed.tuner().steps());
          assertThat(published.provenance().decaySteps()).isEqualTo(chunk == 0 ? 3 : 4);
          assertSame(published.weights(), branch.model().snapshot());
        }
      }

      // Then the run is the one that never was evaluated
      FineTunerState one = learner.tuner().snapshot();
      FineTunerState other = undisturbed.tuner().snapshot();
      assertSame(one.weights(), other.weights());
      assertSame(one.firstMoments(), other.firstMoments());
      assertSame(one.secondMoments(), other.secondMoments());
    }
  }

  @Test
  void aNewVersionKnowsWhatItScoredAsACandidate(@TempDir Path folder) throws IOException {
    publisher = publisher(new FolderVersionStore(folder));
    try (Learner learner = new LearnerBuilder().build();
        EvaluationScheduler examiner = examiner(learner)) {
      // Given
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      MetricRecord.Evaluated evaluated = examiner.publishNow("on-call");
      examiner.finish();

      // When its weights could not be asked any more
      Champion champion = examiner.champion().orElseThrow();
      champion.close();

      // Then
      assertThat(champion.evaluate(learner.heldOut().examples())).isEqualTo(evaluated.candidate());
    }
  }

  @Test
  void aVersionsProvenanceCountsWhatWasReplayedApart() {
    Map<String, String> replay = Map.of("size", "50", "ratio", "0.4", "passes", "3");
    try (Learner learner = new LearnerBuilder().replay(replay).build()) {
      // Given steps of chunks, with replayed examples among them, and one of idle time
      List<StepReport> steps = new ArrayList<>();
      Passes.train(learner, LearnerTest.chunk(0), steps::add);
      Passes.train(learner, LearnerTest.chunk(1), steps::add);
      Passes.useIdleTime(learner, steps::add);
      List<HeldOutExample> heldOut = learner.heldOut().examples();

      // When
      Publisher.Candidate candidate;
      try (CandidateModel weights = CandidateModel.of(learner.tuner())) {
        candidate =
            publisher.candidate(
                1,
                learner,
                weights,
                publishing(evaluate(weights.model(), heldOut)),
                Optional.empty());
      }

      // Then
      int all = steps.stream().mapToInt(StepReport::examples).sum();
      int replayed = steps.stream().mapToInt(StepReport::replayed).sum();
      Provenance provenance = candidate.content().provenance();
      assertThat(replayed).isGreaterThan(steps.get(steps.size() - 1).examples());
      assertThat(provenance.replayed()).contains(new Provenance.Replayed(replayed, 1));
      assertThat(provenance.examplesTrained()).isEqualTo(all - replayed);
    }
  }

  @Test
  void anEvaluationComesAQuarterOfTheFreshnessTargetBehindTheLastWhereThatIsSooner() {
    try (Learner learner = new LearnerBuilder().build();
        EvaluationScheduler examiner = examiner(learner, Map.of("publication.freshness", "2m"))) {
      Passes.train(learner, LearnerTest.chunk(0), step -> {});

      pass(29);
      assertThat(examiner.evaluateIfDue()).isEmpty();
      pass(1);
      assertThat(examiner.evaluateIfDue()).isPresent();

      // Given nothing new, it is not due whatever the time
      pass(3600);
      assertThat(examiner.evaluateIfDue()).isEmpty();
    }
  }

  @Test
  void oncePublishedEvaluationsArePaidForByTrainingAndNotByTheClock() {
    try (Learner learner = new LearnerBuilder().build();
        EvaluationScheduler examiner = examiner(learner, champion(NOON), Map.of())) {
      // Given one that scores candidate and current version, on the window and on the golden set
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      pass(60);
      scoringSeconds = 2;
      assertThat(examiner.evaluateIfDue().orElseThrow().seconds()).isEqualTo(8);

      // When hours pass with hardly any training
      Passes.train(learner, LearnerTest.chunk(1), step -> {});
      pass(3000);
      examiner.trained(242.6, 32);
      assertThat(examiner.evaluateIfDue()).isEmpty();

      // Then the next, of a window twice the size, comes once training earned it and the first
      examiner.trained(0.1, 32);
      assertThat(examiner.evaluateIfDue()).isPresent();
    }
  }

  @Test
  void whatIsOverdueIsLookedAtBeforeTrainingHasPaidForIt() {
    try (Learner learner = new LearnerBuilder().build();
        EvaluationScheduler examiner =
            examiner(
                learner,
                champion(NOON.minusSeconds(1)),
                Map.of("publication.freshness", "1h", "publication.min-examples", "1"))) {
      // Given an evaluation long before, and no training that would pay for the next
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      pass(60);
      scoringSeconds = 2;
      assertThat(examiner.evaluateIfDue().orElseThrow().test().orElseThrow().mode())
          .isEqualTo(TestResult.Mode.SUPERIOR);
      scoringSeconds = 0;
      Passes.train(learner, LearnerTest.chunk(1), step -> {});

      // When its newest example is an hour old
      pass(3600 - 68 - 2);
      assertThat(examiner.evaluateIfDue()).isEmpty();
      pass(2);
      assertThat(examiner.evaluateIfDue().orElseThrow().test().orElseThrow().mode())
          .isEqualTo(TestResult.Mode.NON_INFERIOR);

      // Then those who come before a tenth of the hour has passed ask for more again
      Passes.train(learner, LearnerTest.chunk(2), step -> {});
      pass(60);
      assertThat(examiner.evaluateIfDue().orElseThrow().test().orElseThrow().mode())
          .isEqualTo(TestResult.Mode.SUPERIOR);
      Passes.train(learner, LearnerTest.chunk(3), step -> {});
      pass(300);
      assertThat(examiner.evaluateIfDue().orElseThrow().test().orElseThrow().mode())
          .isEqualTo(TestResult.Mode.NON_INFERIOR);
    }
  }

  private Publisher publisher(VersionStore versions) {
    return new Publisher(
        versions,
        new VersionCheckpoints(new NoCheckpoints(), versions, 2),
        ArtifactUploader.none(),
        1,
        new PublicationFacts("test", "tiny", TinyTokenizer.json(), 64, Map.of(), Map.of()),
        evaluator,
        Device.cpu(),
        Runnable::run,
        clock);
  }

  /** Asked for once in each. */
  private LabelSet labelsOfAScoring() {
    pass(scoringSeconds);
    return LearnerBuilder.LABELS;
  }

  private void pass(long seconds) {
    clock.pass(Duration.ofSeconds(seconds));
  }

  @Test
  void aVersionByCommandSetsTheMarkOnTheGoldenSetAnew() {
    // Given a version below the best of those before it, and a candidate that is like it
    Evaluation golden = Versions.evaluation(0.9);
    Optional<ModelVersion> parent = Optional.of(Versions.scored(Versions.version(1), golden, 0.95));
    TestResult shown =
        new TestResult(TestResult.Mode.NON_INFERIOR, 100, 0, 0.02, 0, 0, 1, 0.01, 0.0125);
    try (Learner learner = new LearnerBuilder().build();
        CandidateModel model = CandidateModel.of(learner.tuner())) {
      Passes.train(learner, LearnerTest.chunk(0), step -> {});

      // When
      ArtifactContent byGate =
          publisher
              .candidate(
                  2,
                  learner,
                  model,
                  publishing(golden, Optional.of(golden), Optional.of(shown)),
                  parent)
              .content();
      ArtifactContent byCommand =
          publisher
              .candidate(
                  2,
                  learner,
                  model,
                  publishing(golden, Optional.of(golden), Optional.empty()),
                  parent)
              .content();

      // Then
      assertThat(byGate.bestGolden().orElseThrow()).isCloseTo(0.95, within(1e-12));
      assertThat(byCommand.bestGolden()).contains(0.9);
    }
  }

  private PromotionGate.Verdict publishing(Evaluation candidate) {
    return publishing(candidate, Optional.empty(), Optional.empty());
  }

  /**
   * @param golden of the candidate and of the current version
   * @param test what decided it; empty for a command
   */
  private PromotionGate.Verdict publishing(
      Evaluation candidate, Optional<Evaluation> golden, Optional<TestResult> test) {
    return new PromotionGate.Verdict(
        candidate,
        evaluator.frozen(tokens -> new float[tokens.rows()][2]),
        Optional.empty(),
        golden,
        golden,
        new PublicationDecision.Publish("because", test),
        Optional.empty(),
        Temperature.NONE);
  }

  private Evaluation evaluate(TransformerClassifier model, List<HeldOutExample> examples) {
    return evaluator.evaluate(examples, model::logits);
  }

  /** A version with the fresh weights, whose newest example was sent then. */
  private Champion champion(Instant newest) {
    return new Champion(
        Versions.aged(1, NOON, Optional.of(newest)), TinyBert.classifier(0.1, 2), evaluator);
  }

  private EvaluationScheduler examiner(Learner learner) {
    return examiner(learner, Map.of());
  }

  private EvaluationScheduler examiner(Learner learner, Map<String, String> settings) {
    return examiner(learner, Optional.empty(), settings);
  }

  private EvaluationScheduler examiner(
      Learner learner, Champion champion, Map<String, String> settings) {
    return examiner(learner, Optional.of(champion), settings);
  }

  private EvaluationScheduler examiner(
      Learner learner, Optional<Champion> champion, Map<String, String> settings) {
    PipelineConfig config = PipelineConfigs.of(settings);
    Freshness freshness =
        new Freshness(config.publication().freshness(), Optional.empty(), clock::now);
    return new EvaluationScheduler(
        "test",
        config.evaluation(),
        learner,
        new PromotionGate(config.publication(), evaluator, InterimLooks.NONE, freshness),
        publisher,
        new OutboxBuffer(0, SentDeadLetters.NONE),
        champion,
        Optional.empty(),
        RunIdentity.NONE,
        clock);
  }
}
