package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.evaluation.HeldOutWindow;
import io.millrace.evaluation.PrequentialScore;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.training.ClassWeights;
import io.millrace.training.FineTuner;
import io.millrace.training.ReplayBuffer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {

  private static final List<String> LABELS = List.of("low", "high");

  @TempDir private Path folder;

  private StepPlan plan = new StepPlan(1, ClassWeights.of("none", new LabelSet(LABELS)));
  private final List<DeadLetter> refused = new ArrayList<>();

  @Test
  void aRestartFromACheckpointGivesTheWeightsOfAnUninterruptedRun() throws IOException {
    // Given a run that is checkpointed behind its second chunk and goes on
    Learner uninterrupted = fresh();
    uninterrupted.train(chunk(0), step -> {});
    uninterrupted.train(chunk(1), step -> {});
    FolderCheckpointStore store = new FolderCheckpointStore(folder, 2);
    Saving.save(store, uninterrupted);
    uninterrupted.train(chunk(2), step -> {});

    // When another goes on from the checkpoint
    Learner restored = restored(store);
    assertThat(restored.progress().positions().of("examples", 0)).hasValue(chunkEnd(1));
    restored.train(chunk(2), step -> {});

    // Then they are the same, bit for bit, in weights and in counts
    Map<String, io.millrace.torch.HostTensor> expected = uninterrupted.tuner().snapshot().weights();
    restored
        .tuner()
        .snapshot()
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.data()).as(name).containsExactly(expected.get(name).data()));
    assertThat(restored.progress()).isEqualTo(uninterrupted.progress());
    assertThat(restored.prequential().recent()).isEqualTo(uninterrupted.prequential().recent());
    assertThat(restored.heldOut().size()).isEqualTo(uninterrupted.heldOut().size());
  }

  @Test
  void everyRecordOfAChunkHasOneOutcome() {
    Learner learner = fresh();
    TokenizedExample bad = TinyBert.batch(1, 9).examples().get(0);
    List<Arrival> arrivals = new ArrayList<>(chunk(0).arrivals());
    arrivals.add(
        new Arrival.ToTrain(
            record(500),
            new TokenizedExample(
                "bad",
                bad.text(),
                bad.label(),
                Double.NaN,
                Examples.NOON,
                record(500).position())));
    arrivals.add(
        new Arrival.ToRefuse(
            new DeadLetter(record(501), DeadLetter.Reason.MISSING_LABEL, "no label")));

    learner.train(new Chunk(arrivals, InputPositions.START, Chunk.CloseReason.WAITED), step -> {});

    assertThat(learner.progress().examplesTrained()).isEqualTo(40);
    assertThat(learner.progress().labelCounts().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(40);
    assertThat(learner.heldOut().size()).isEqualTo(1);
    assertThat(learner.progress().deadLetters())
        .containsExactlyInAnyOrderEntriesOf(Map.of("NON_FINITE", 1L, "MISSING_LABEL", 1L));
    assertThat(refused)
        .extracting(letter -> letter.record().position().offset())
        .containsExactly(501L, 500L);
  }

  @Test
  void balancedClassWeightsGoOnFromACheckpointAsWithoutARestart() throws IOException {
    // Given
    float[] unweighted = weightsAfter(fresh(), 0, 3);
    plan = new StepPlan(1, ClassWeights.of("balanced", new LabelSet(LABELS)));
    Learner uninterrupted = fresh();
    weightsAfter(uninterrupted, 0, 1);
    FolderCheckpointStore store = new FolderCheckpointStore(folder, 2);
    Saving.save(store, uninterrupted);

    // When
    float[] expected = weightsAfter(uninterrupted, 1, 3);
    float[] restarted = weightsAfter(restored(store), 1, 3);

    // Then
    assertThat(restarted).containsExactly(expected);
    assertThat(expected).isNotEqualTo(unweighted);
  }

  @Test
  void aStepTakesConsecutiveBatchesAndEndsWithItsChunk() {
    // Given forty examples in batches of at most 16: three batches a chunk
    plan = new StepPlan(2, ClassWeights.of("none", new LabelSet(LABELS)));
    Learner learner = fresh();
    List<Learner.Trained> steps = new ArrayList<>();

    // When
    learner.train(chunk(0), steps::add);
    learner.train(chunk(1), steps::add);

    // Then
    assertThat(steps).extracting(step -> step.batches().size()).containsExactly(2, 1, 2, 1);
    assertThat(steps.get(0).examples() + steps.get(1).examples()).isEqualTo(40);
    assertThat(learner.tuner().steps()).isEqualTo(4);
    assertThat(learner.progress().examplesTrained()).isEqualTo(80);
    assertThat(learner.prequential().recent()).hasSize(30);
  }

  private static float[] weightsAfter(Learner learner, int from, int to) {
    for (int number = from; number < to; number++) {
      learner.train(chunk(number), step -> {});
    }
    return learner.tuner().snapshot().weights().get("classifier.weight").data();
  }

  private Learner fresh() {
    return learner(
        new FineTuner(TinyBert.classifier(0.1, 2), TinyBert.settings(Map.of())),
        new HeldOutWindow(10),
        new PrequentialScore(30),
        Progress.start(LABELS));
  }

  private Learner restored(FolderCheckpointStore store) throws IOException {
    var checkpoint = store.newest().orElseThrow().checkpoint();
    HeldOutWindow heldOut = new HeldOutWindow(10);
    PrequentialScore prequential = new PrequentialScore(30);
    CheckpointParts.restore(checkpoint, heldOut, prequential);
    FineTuner tuner =
        FineTuner.restore(
            TinyBert.config(0.1),
            CheckpointParts.tunerState(checkpoint),
            TinyBert.settings(Map.of()),
            Device.cpu());
    return learner(tuner, heldOut, prequential, CheckpointParts.progress(checkpoint));
  }

  private Learner learner(
      FineTuner tuner, HeldOutWindow heldOut, PrequentialScore prequential, Progress progress) {
    return new Learner(
        tuner,
        new BatchAssembler(16, 2048, 42),
        plan,
        heldOut,
        prequential,
        new ReplayBuffer(TinyBert.replay(Map.of()), 42),
        progress,
        new RejectedSteps(3),
        refused::add);
  }

  /** Forty examples and a held-out one. */
  static Chunk chunk(int number) {
    List<Arrival> arrivals = new ArrayList<>();
    long offset = number * 41L;
    for (TokenizedExample example : TinyBert.batch(40, number).examples()) {
      arrivals.add(
          new Arrival.ToTrain(
              record(offset),
              new TokenizedExample(
                  example.id(),
                  example.text(),
                  example.label(),
                  1,
                  Examples.NOON,
                  record(offset).position())));
      offset++;
    }
    arrivals.add(new Arrival.ToScore(record(offset), Examples.heldOut(offset, 4, 1)));
    return new Chunk(
        arrivals,
        new InputPositions(Map.of("examples-0", chunkEnd(number))),
        Chunk.CloseReason.FULL);
  }

  static long chunkEnd(int number) {
    return (number + 1) * 41L;
  }

  private static InboundRecord record(long offset) {
    return Examples.record("examples", offset, "{}");
  }
}
