package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.event.Outbox;
import io.millrace.example.DeadLetter;
import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.learner.ReplayCounts;
import io.millrace.learner.StepReport;
import io.millrace.replay.KeptExample;
import io.millrace.replay.ReplayState;
import io.millrace.storage.Json;
import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {

  @TempDir private Path folder;

  private final List<DeadLetter> refused = new ArrayList<>();
  private final List<StepReport> steps = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"uniform", "class-balanced", "loss"})
  void aRestoredRunDrawsAndLearnsAsAnUninterruptedOne(String strategy) throws IOException {
    // Given a run that is checkpointed behind a step of idle time and goes on
    Map<String, String> settings =
        Map.of("size", "50", "strategy", strategy, "ratio", "0.4", "passes", "3");
    Learner uninterrupted = learner(settings).build();
    Passes.train(uninterrupted, Chunks.chunk(0), steps::add);
    Passes.train(uninterrupted, Chunks.chunk(1), steps::add);
    Passes.useIdleTime(uninterrupted, steps::add);
    FolderCheckpointStore store = new FolderCheckpointStore(folder, 2);
    Saving.save(store, uninterrupted);
    goOn(uninterrupted);

    // When another goes on from the checkpoint
    Learner restored = learner(settings).from(store.newest().orElseThrow().checkpoint()).build();
    goOn(restored);

    // Then weights and counts are the same, and so is each example of the buffer
    Map<String, HostTensor> expected = uninterrupted.tuner().snapshot().weights();
    restored
        .tuner()
        .snapshot()
        .weights()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.data()).as(name).containsExactly(expected.get(name).data()));
    assertThat(restored.progress()).isEqualTo(uninterrupted.progress());
    assertThat(restored.replay().state())
        .usingRecursiveComparison()
        .isEqualTo(uninterrupted.replay().state());
    assertThat(restored.progress().replay().idleSteps()).isGreaterThan(2);
  }

  private void goOn(Learner learner) {
    Passes.train(learner, Chunks.chunk(2), steps::add);
    Passes.useIdleTime(learner, steps::add);
    Passes.train(learner, Chunks.chunk(3), steps::add);
    Passes.useIdleTime(learner, steps::add);
  }

  @Test
  void aCheckpointFromBeforeThereWasReplayIsReadAsOneThatReplayedNothing() throws IOException {
    // Given a checkpoint as it was written then
    Learner learner = learner(Map.of()).build();
    Passes.train(learner, Chunks.chunk(0), steps::add);
    Checkpoint written = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
    Map<String, byte[]> documents = new HashMap<>(written.documents());
    documents.remove("replay");
    ObjectNode progress = (ObjectNode) Json.MAPPER.readTree(documents.get("progress"));
    progress.remove("replay");
    documents.put("progress", Json.MAPPER.writeValueAsBytes(progress));
    Checkpoint old = new Checkpoint(written.step(), written.tensors(), documents);

    // Then
    assertThat(CheckpointParts.replay(old)).isEqualTo(ReplayState.EMPTY);
    assertThat(CheckpointParts.progress(old)).isEqualTo(learner.progress());
    assertThat(CheckpointParts.progress(old).replay()).isEqualTo(ReplayCounts.NONE);
  }

  @Test
  void replayedExamplesAreCountedApartAndNeverScoredAgain() {
    // Given as many replayed examples as new ones
    Learner learner = learner(Map.of("size", "200", "ratio", "0.5")).build();
    Passes.train(learner, Chunks.chunk(0), steps::add);
    Passes.train(learner, Chunks.chunk(1), steps::add);
    Passes.train(learner, Chunks.chunk(2), steps::add);

    // Then the first chunk had nothing to replay, the second what half of the buffer is
    assertThat(learner.progress().examplesTrained()).isEqualTo(3 * Chunks.SIZE);
    assertThat(learner.progress().labelCounts().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(3 * Chunks.SIZE);
    assertThat(learner.progress().replay()).isEqualTo(new ReplayCounts(20 + 40, 0, 0));
    assertThat(learner.prequential().recent()).hasSize(3 * Chunks.SIZE);
    assertThat(steps.stream().mapToInt(step -> step.examples() - step.replayed()).sum())
        .isEqualTo(3 * Chunks.SIZE);
    assertThat(steps.stream().mapToInt(StepReport::replayed).sum()).isEqualTo(60);
    assertThat(steps).noneMatch(StepReport::idle);
  }

  @Test
  void idleTimeTrainsOnReplayedExamplesAloneAndMovesNoPosition() {
    // Given one chunk, every example to be trained on twice
    Learner learner = learner(Map.of("size", "200", "passes", "2")).build();
    Passes.train(learner, Chunks.chunk(0), step -> {});
    Progress before = learner.progress();
    Map<String, HostTensor> weights = learner.tuner().snapshot().weights();

    // When there is idle time without end
    while (learner.idleWork().isPresent()) {
      Passes.useIdleTime(learner, steps::add);
    }

    // Then 40 examples came back, in batches of 16 at most, as long as as many are owed
    Progress after = learner.progress();
    assertThat(after.replay()).isEqualTo(new ReplayCounts(32, 0, 2));
    assertThat(steps).hasSize(2).allMatch(StepReport::idle);
    assertThat(after.examplesTrained()).isEqualTo(before.examplesTrained());
    assertThat(after.positions()).isEqualTo(before.positions());
    assertThat(after.chunks()).isEqualTo(before.chunks());
    assertThat(learner.prequential().recent()).hasSize(Chunks.SIZE);
    assertThat(learner.tuner().snapshot().weights().get("classifier.weight").data())
        .isNotEqualTo(weights.get("classifier.weight").data());
  }

  @Test
  void aReplayedExampleThatIsNotFiniteLeavesTheBufferAndIsNoDeadLetter() {
    // Given a buffer of two examples that have become non-finite
    List<KeptExample> bad =
        TinyBert.batch(2, 9).examples().stream()
            .map(
                example ->
                    new TokenizedExample(
                        "bad",
                        example.text(),
                        example.target(),
                        Double.NaN,
                        Examples.NOON,
                        Examples.at(900 + example.position().offset())))
            .map(example -> new KeptExample(example, 1, 0))
            .toList();
    ReplayState state = new ReplayState(Map.of(0, 100L), Set.of(), 0, bad);
    Learner learner = learner(Map.of("size", "200", "ratio", "0.5")).kept(state).build();

    // When one of them is drawn
    Passes.train(learner, Chunks.chunk(0), steps::add);

    // Then
    assertThat(learner.progress().replay()).isEqualTo(new ReplayCounts(0, 1, 0));
    assertThat(learner.progress().examplesTrained()).isEqualTo(Chunks.SIZE);
    assertThat(learner.replay().size()).isEqualTo(1 + Chunks.SIZE);
    assertThat(learner.progress().deadLetters()).isEmpty();
    assertThat(refused).isEmpty();
  }

  private LearnerBuilder learner(Map<String, String> replay) {
    return new LearnerBuilder().replay(replay).prequential(1000).refuse(refused::add);
  }
}
