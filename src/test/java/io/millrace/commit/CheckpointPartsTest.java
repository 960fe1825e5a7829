package io.millrace.commit;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.event.Outbox;
import io.millrace.example.LabelSet;
import io.millrace.gate.InterimLooks;
import io.millrace.heldout.PrequentialScore;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerTest;
import io.millrace.learner.Progress;
import io.millrace.model.arch.Bert;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.StepHistory;
import io.millrace.run.LearnerBuilder;
import io.millrace.run.Passes;
import io.millrace.run.Saving;
import io.millrace.step.CandidateModel;
import io.millrace.step.FineTuner;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
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
    try (Learner learner =
        new LearnerBuilder().settings(Map.of("ema-decay", "0.9", "warmup-steps", "2")).build()) {
      // Given a run that was warmed up again behind its third step, and took three more
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      learner.tuner().rewarm();
      Passes.train(learner, LearnerTest.chunk(1), step -> {});
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
    try (Learner learner = new LearnerBuilder().build()) {
      // Given
      Checkpoint now = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
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
  void aLabelWithHalfOfASurrogatePairFromAnEarlierReleaseGoesOnReadable() {
    try (Learner learner = new LearnerBuilder().build()) {
      // Given a checkpoint as an earlier release wrote it
      Checkpoint now = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
      Map<String, byte[]> documents = new HashMap<>(now.documents());
      String broken = "new\\ud83d";
      documents.put(
          "progress",
          """
          {"labels": ["low", "%s", "a\\\\ud83d", "\\ud83d\\ude00"], "labelCounts": {"%s": 3},
           "examplesTrained": 3, "tokens": 9, "paddedTokens": 9, "chunks": 1, "deadLetters": {},
           "origin": {}, "next": {}}
          """
              .formatted(broken, broken)
              .getBytes(StandardCharsets.UTF_8));

      // When
      Progress found =
          CheckpointParts.progress(new Checkpoint(now.step(), now.tensors(), documents));

      // Then
      assertThat(found.labels()).containsExactly("low", "new\ufffd", "a\\ud83d", "\ud83d\ude00");
      assertThat(found.labelCounts()).containsOnly(Map.entry("new\ufffd", 3L));
      assertThat(new LabelSet(List.of("low", "new\ud83d")).names())
          .as("from a journal")
          .containsExactly("low", "new\ufffd");
    }
  }

  @Test
  void aCheckpointFromBeforeFreshnessWasKeptSaysNothingOfIt() {
    try (Learner learner = new LearnerBuilder().build()) {
      // Given
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      Checkpoint now = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
      Map<String, byte[]> documents = new HashMap<>(now.documents());
      documents.put("progress", without(documents.get("progress"), "newestExampleAt"));
      documents.put("standing", without(documents.get("standing"), "lenientAt"));

      // When
      Checkpoint before = new Checkpoint(now.step(), now.tensors(), documents);

      // Then
      assertThat(CheckpointParts.progress(before).newestExampleAt()).isEmpty();
      assertThat(CheckpointParts.progress(before).examplesTrained()).isEqualTo(40);
      assertThat(CommitParts.standing(before).looks()).isEqualTo(InterimLooks.NONE);
    }
  }

  private static byte[] without(byte[] json, String field) {
    String document = new String(json, StandardCharsets.UTF_8);
    String less = document.replaceAll(",\"" + field + "\":(null|\"[^\"]*\")", "");
    assertThat(less).isNotEqualTo(document);
    return less.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aDecayBranchBehindARestartIsTheOneWithoutIt() throws IOException {
    Map<String, String> settings =
        Map.of("lr-scheduler-type", "warmup-stable-decay", "decay-steps", "4");
    try (Learner learner = new LearnerBuilder().settings(settings).build()) {
      // Given a run whose last four steps began in the chunk before
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      Passes.train(learner, LearnerTest.chunk(1), step -> {});
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
    try (Learner learner =
        new LearnerBuilder().settings(Map.of("lr-scheduler-type", "warmup-stable-decay")).build()) {
      // Given
      Passes.train(learner, LearnerTest.chunk(0), step -> {});
      Checkpoint now = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
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

  @Test
  void aCheckpointFromBeforeProbabilitiesWereKeptHasThePrequentialLossAllTheSame() {
    try (Learner learner = new LearnerBuilder().build()) {
      // Given
      Checkpoint now = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
      Map<String, byte[]> documents = new HashMap<>(now.documents());
      documents.put(
          "prequential",
          "[{\"label\":0,\"predicted\":1,\"loss\":0.75}]".getBytes(StandardCharsets.UTF_8));

      // When
      PrequentialScore found = new PrequentialScore(Labels.TASK, 10);
      found.add(
          CheckpointParts.snapshot(new Checkpoint(now.step(), now.tensors(), documents)).stream()
              .scores());

      // Then
      assertThat(found.loss()).isEqualTo(0.75);
      assertThat(found.accuracy()).isZero();
      assertThat(found.evaluation(LearnerBuilder.LABELS)).isEmpty();
    }
  }

  private static FineTuner restored(Checkpoint checkpoint, Map<String, String> settings) {
    return FineTuner.restore(
        new Bert(TinyBert.config(0.1)),
        CheckpointParts.tunerState(checkpoint),
        TinyBert.settings(settings),
        Device.cpu(),
        Labels.TASK);
  }
}
