package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.run.LearnerBuilder;
import io.millrace.run.Passes;
import io.millrace.run.Saving;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenizedExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class LearnerTest {

  @TempDir private Path folder;

  private GradientAccumulation plan = LearnerBuilder.plan(1, "none");
  private final List<DeadLetter> refused = new ArrayList<>();

  @Test
  void aRestartFromACheckpointGivesTheWeightsOfAnUninterruptedRun() throws IOException {
    // Given a run that is checkpointed behind its second chunk and goes on
    Learner uninterrupted = fresh();
    Passes.train(uninterrupted, chunk(0), step -> {});
    Passes.train(uninterrupted, chunk(1), step -> {});
    FolderCheckpointStore store = new FolderCheckpointStore(folder, 2);
    Saving.save(store, uninterrupted);
    Passes.train(uninterrupted, chunk(2), step -> {});

    // When another goes on from the checkpoint
    Learner restored = restored(store);
    assertThat(restored.progress().positions().of("examples", 0)).hasValue(chunkEnd(1));
    Passes.train(restored, chunk(2), step -> {});

    // Then they are the same, bit for bit, in weights and in counts
    Map<String, io.millrace.torch.file.HostTensor> expected =
        uninterrupted.tuner().snapshot().weights();
    restored
        .tuner()
        .snapshot()
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.data()).as(name).containsExactly(expected.get(name).data()));
    assertThat(restored.progress()).isEqualTo(uninterrupted.progress());
    assertThat(restored.prequential().recent())
        .usingRecursiveComparison()
        .isEqualTo(uninterrupted.prequential().recent());
    assertThat(restored.heldOut().size()).isEqualTo(uninterrupted.heldOut().size());
  }

  @Test
  void theNewestExampleIsThatOfTheTrainedRecordsByTheirTimestampAndOutlivesARestart()
      throws IOException {
    // Given a refused one, and one to score, that were sent later
    Learner learner = fresh();
    List<IntakeItem> arrivals = new ArrayList<>(chunk(0).arrivals());
    arrivals.add(
        new IntakeItem.ToRefuse(
            new DeadLetter(record(900), DeadLetter.Reason.MISSING_LABEL, "no label")));
    Passes.train(
        learner, new Chunk(arrivals, InputPositions.START, Chunk.CloseReason.WAITED), step -> {});

    // When
    FolderCheckpointStore store = new FolderCheckpointStore(folder, 2);
    Saving.save(store, learner);

    // Then
    assertThat(restored(store).progress().newestExampleAt()).contains(Examples.NOON.plusMillis(39));
  }

  @Test
  void everyRecordOfAChunkHasOneOutcome() {
    Learner learner = fresh();
    TokenizedExample bad = TinyBert.batch(1, 9).examples().get(0);
    List<IntakeItem> arrivals = new ArrayList<>(chunk(0).arrivals());
    arrivals.add(
        new IntakeItem.ToTrain(
            record(500),
            new TokenizedExample(
                "bad",
                bad.text(),
                bad.target(),
                Double.NaN,
                Examples.NOON,
                record(500).position())));
    arrivals.add(
        new IntakeItem.ToRefuse(
            new DeadLetter(record(501), DeadLetter.Reason.MISSING_LABEL, "no label")));

    Passes.train(
        learner, new Chunk(arrivals, InputPositions.START, Chunk.CloseReason.WAITED), step -> {});

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
    plan = LearnerBuilder.plan(1, "balanced");
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
    plan = LearnerBuilder.plan(2, "none");
    Learner learner = fresh();
    List<StepReport> steps = new ArrayList<>();

    // When
    Passes.train(learner, chunk(0), steps::add);
    Passes.train(learner, chunk(1), steps::add);

    // Then
    assertThat(steps).extracting(step -> step.batches().size()).containsExactly(2, 1, 2, 1);
    assertThat(steps.get(0).examples() + steps.get(1).examples()).isEqualTo(40);
    assertThat(learner.tuner().steps()).isEqualTo(4);
    assertThat(learner.progress().examplesTrained()).isEqualTo(80);
    assertThat(learner.prequential().recent()).hasSize(30);
  }

  private static float[] weightsAfter(Learner learner, int from, int to) {
    for (int number = from; number < to; number++) {
      Passes.train(learner, chunk(number), step -> {});
    }
    return learner.tuner().snapshot().weights().get("classifier.weight").data();
  }

  private Learner fresh() {
    return learner().build();
  }

  private Learner restored(FolderCheckpointStore store) throws IOException {
    return learner().from(store.newest().orElseThrow().checkpoint()).build();
  }

  private LearnerBuilder learner() {
    return new LearnerBuilder().plan(plan).refuse(refused::add);
  }

  /** Forty examples and a held-out one. */
  public static Chunk chunk(int number) {
    List<IntakeItem> arrivals = new ArrayList<>();
    long offset = number * 41L;
    for (TokenizedExample example : TinyBert.batch(40, number).examples()) {
      arrivals.add(
          new IntakeItem.ToTrain(
              record(offset),
              new TokenizedExample(
                  "id" + offset,
                  example.text(),
                  example.target(),
                  1,
                  Examples.NOON,
                  record(offset).position())));
      offset++;
    }
    arrivals.add(new IntakeItem.ToScore(record(offset), Examples.heldOut(offset, 4, 1)));
    return new Chunk(
        arrivals,
        new InputPositions(Map.of(new Partition("examples", 0), chunkEnd(number))),
        Chunk.CloseReason.FULL);
  }

  static long chunkEnd(int number) {
    return (number + 1) * 41L;
  }

  private static InboundRecord record(long offset) {
    return Examples.record("examples", offset, "{}");
  }
}
