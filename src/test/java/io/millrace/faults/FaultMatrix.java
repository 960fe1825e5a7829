package io.millrace.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The service dies at every boundary of the commit protocol and at random times, is started again,
 * and ends where a run that never died ends ({@code ./mvnw -Pfaults verify}). One partition: chunks
 * are the same in each run, so that weights can be compared bit for bit.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultMatrix {

  private static final long SEED = Long.getLong("millrace.faults.seed", 20260101);

  private Outcome uninterrupted;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IN_ROLL_BACK")
  void killedAtAPointItEndsWhereARunThatNeverDiedEnds(CrashPoint point)
      throws IOException, InterruptedException {
    // What happens once a start dies at the first time, what happens often in the middle of the run
    int time = point.isOfStart() ? 1 : 3;

    check(
        point.toString(),
        new CrashRun("dies-" + point, 1, folder.resolve(point.toString()))
            .run(run -> run.dieAt(point, time)));
  }

  @ParameterizedTest
  @EnumSource(
      value = CrashPoint.class,
      names = {"TERM_CLAIMED", "RECOVERY_READ", "JOURNAL_BEGUN", "AFTER_STEP", "BEFORE_COMMIT"})
  void killedAgainWhileItRecoversItEndsWhereARunThatNeverDiedEnds(CrashPoint second)
      throws IOException, InterruptedException {
    check(
        "sent, then " + second,
        new CrashRun("dies-twice-" + second, 1, folder.resolve("twice-" + second))
            .run(
                run -> {
                  run.dieAt(CrashPoint.SENT, 3);
                  run.dieAt(second, 1);
                }));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void killedAtRandomTimesItEndsWhereARunThatNeverDiedEnds(int number)
      throws IOException, InterruptedException {
    Random random = new Random(SEED + number);
    System.out.println("random kills with -Dmillrace.faults.seed=" + SEED + ", run " + number);
    check(
        "random " + (SEED + number),
        new CrashRun("random-" + number, 1, folder.resolve("random-" + number))
            .run(
                run -> {
                  for (int kill = 0; kill < 3; kill++) {
                    run.dieAfter(Duration.ofMillis(5_000 + random.nextInt(4_000)));
                  }
                }));
  }

  @Test
  void withoutTheOptimizersMomentsItEndsElsewhereSoTheComparisonMeansSomething()
      throws IOException, InterruptedException {
    Outcome cold =
        new CrashRun("cold", 1, folder.resolve("cold"))
            .run(
                run -> {
                  run.dieAt(CrashPoint.AFTER_COMMIT, 6);
                  forgetMoments(run.stream().checkpoints());
                });

    cold.assertWhole();
    assertThat(cold.hasWeightsOf(uninterrupted())).isFalse();
  }

  private void check(String point, Outcome outcome) throws IOException, InterruptedException {
    FaultReport.OF_THIS_RUN.add(
        FaultReport.Fault.of("kill", point, outcome, Optional.of(uninterrupted())));
    outcome.assertWhole();
    assertThat(outcome.hasWeightsOf(uninterrupted())).as("weights").isTrue();
  }

  private Outcome uninterrupted() throws IOException, InterruptedException {
    if (uninterrupted == null) {
      uninterrupted = new CrashRun("never-dies", 1, folder.resolve("never")).run(run -> {});
      uninterrupted.assertWhole();
    }
    return uninterrupted;
  }

  /** The newest unit once more, with moments of 0 and nothing to announce. */
  private static void forgetMoments(Path checkpoints) throws IOException {
    FolderCheckpointStore store = new FolderCheckpointStore(checkpoints, 3);
    CheckpointStore.Saved last = store.newest().orElseThrow();
    Map<String, Map<String, HostTensor>> tensors = new HashMap<>(last.checkpoint().tensors());
    for (String group : List.of("first-moments", "second-moments")) {
      Map<String, HostTensor> zeros = new HashMap<>();
      tensors
          .get(group)
          .forEach(
              (name, tensor) ->
                  zeros.put(name, new HostTensor(tensor.shape(), new float[tensor.data().length])));
      tensors.put(group, zeros);
    }
    Map<String, byte[]> documents = new HashMap<>(last.checkpoint().documents());
    documents.put(
        "outbox", "{\"versions\": [], \"decisions\": [], \"letters\": []}".getBytes(UTF_8));
    CheckpointId id = last.id();
    store.save(
        new CheckpointId(id.term(), id.step(), id.number() + 1),
        new Checkpoint(last.checkpoint().step(), tensors, documents));
  }
}
