package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.evaluation.HeldOutWindow;
import io.millrace.evaluation.PrequentialScore;
import io.millrace.example.LabelSet;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.torch.HostTensor;
import io.millrace.training.CandidateModel;
import io.millrace.training.ClassWeights;
import io.millrace.training.FineTuner;
import io.millrace.training.FineTunerState;
import io.millrace.training.ReplayBuffer;
import io.millrace.training.StepHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointPartsTest {

  @TempDir private Path folder;

  @Test
  void averagesAndTheHistoryOfStepsComeBackAsTheyWere() throws IOException {
    try (Learner learner = learner(Map.of("ema-decay", "0.9", "warmup-steps", "2"))) {
      // Given a run that was warmed up again behind its third step, and took three more
      learner.train(LearnerTest.chunk(0), step -> {});
      learner.tuner().rewarm();
      learner.train(LearnerTest.chunk(1), step -> {});
      FineTunerState expected = learner.tuner().snapshot();

      // When
      FolderCheckpointStore store = new FolderCheckpointStore(folder, 1);
      Saving.save(store, learner);
      FineTunerState found = CheckpointParts.tunerState(store.newest().orElseThrow().checkpoint());

      // Then
      assertThat(found.history()).isEqualTo(expected.history());
      assertThat(found.history().scheduleOrigin()).isEqualTo(3);
      assertThat(found.history().gradNorms()).hasSize(6).allMatch(norm -> norm > 0);
      assertThat(found.averages().keySet()).isEqualTo(found.weights().keySet());
      found
          .averages()
          .forEach(
              (name, average) ->
                  assertThat(average.data())
                      .as(name)
                      .isEqualTo(expected.averages().get(name).data()));
    }
  }

  @Test
  void aCheckpointOfTheFirstReleaseHasNoHistoryAndNoAverages() {
    try (Learner learner = learner(Map.of())) {
      // Given
      Checkpoint now = CheckpointParts.of(learner, Outbox.EMPTY, 0);
      Map<String, byte[]> documents = new HashMap<>(now.documents());
      documents.remove("step-history");

      // When
      FineTunerState found =
          CheckpointParts.tunerState(new Checkpoint(now.step(), now.tensors(), documents));

      // Then
      assertThat(found.history()).isEqualTo(StepHistory.NONE);
      assertThat(found.averages()).isEqualTo(Map.<String, HostTensor>of());
    }
  }

  @Test
  void aDecayBranchBehindARestartIsTheOneWithoutIt() throws IOException {
    Map<String, String> settings =
        Map.of("lr-scheduler-type", "warmup-stable-decay", "decay-steps", "4");
    try (Learner learner = learner(settings)) {
      // Given a run whose last four steps began in the chunk before
      learner.train(LearnerTest.chunk(0), step -> {});
      learner.train(LearnerTest.chunk(1), step -> {});
      FolderCheckpointStore store = new FolderCheckpointStore(folder, 1);
      Saving.save(store, learner);

      // When
      Checkpoint saved = store.newest().orElseThrow().checkpoint();
      try (FineTuner restored = restored(saved, settings);
          CandidateModel expected = CandidateModel.of(learner.tuner());
          CandidateModel found = CandidateModel.of(restored)) {
        // Then
        assertThat(found.decaySteps()).isEqualTo(expected.decaySteps()).isEqualTo(4);
        Map<String, HostTensor> weights = expected.model().snapshot();
        found
            .model()
            .snapshot()
            .forEach(
                (name, weight) ->
                    assertThat(weight.data()).as(name).isEqualTo(weights.get(name).data()));
      }
    }
  }

  @Test
  void aCheckpointFromBeforeThereWasADecayHasNoStepsToTakeAgain() {
    try (Learner learner = learner(Map.of("lr-scheduler-type", "warmup-stable-decay"))) {
      // Given
      learner.train(LearnerTest.chunk(0), step -> {});
      Checkpoint now = CheckpointParts.of(learner, Outbox.EMPTY, 0);
      Map<String, byte[]> documents = new HashMap<>(now.documents());
      documents.put(
          "step-history",
          "{\"scheduleOrigin\":0,\"gradNorms\":[1.5]}".getBytes(StandardCharsets.UTF_8));

      // When
      Checkpoint before = new Checkpoint(now.step(), now.tensors(), documents);
      try (FineTuner restored =
              restored(before, Map.of("lr-scheduler-type", "warmup-stable-decay"));
          CandidateModel candidate = CandidateModel.of(restored)) {
        // Then
        assertThat(restored.snapshot().history().gradNorms()).containsExactly(1.5);
        assertThat(candidate.decaySteps()).isZero();
      }
    }
  }

  private static FineTuner restored(Checkpoint checkpoint, Map<String, String> settings) {
    return FineTuner.restore(
        TinyBert.config(0.1),
        CheckpointParts.tunerState(checkpoint),
        TinyBert.settings(settings),
        Device.cpu());
  }

  private static Learner learner(Map<String, String> settings) {
    return new Learner(
        new FineTuner(TinyBert.classifier(0.1, 2), TinyBert.settings(settings)),
        new BatchAssembler(16, 2048, 42),
        new StepPlan(1, ClassWeights.of("none", new LabelSet(List.of("low", "high")))),
        new HeldOutWindow(10),
        new PrequentialScore(30),
        new ReplayBuffer(TinyBert.replay(Map.of()), 42),
        Progress.start(List.of("low", "high")),
        new RejectedSteps(3),
        letter -> {});
  }
}
