package io.millrace.run;

import static io.millrace.testing.HostTensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.RunJournal;
import io.millrace.commit.RunState;
import io.millrace.event.SentDeadLetters;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.Work;
import io.millrace.learner.Learner;
import io.millrace.optim.FineTunerState;
import io.millrace.promotion.Evaluations;
import io.millrace.time.RunClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two models in one process, with dropout and replay, on one thread: each is bit for bit what it is
 * alone, so nothing that one step leaves behind in the process reaches the other model.
 */
class TwoModelsTest {

  private static final int CHUNKS = 3;
  private static final Map<String, String> ONE = Map.of("seed", "1", "learning-rate", "0.01");
  private static final Map<String, String> OTHER = Map.of("seed", "2", "learning-rate", "0.02");

  @Test
  void interleavedTurnByTurnEachModelIsWhatItIsAlone() throws Exception {
    // Given what each comes to alone
    FineTunerState oneAlone = alone(ONE);
    FineTunerState otherAlone = alone(OTHER);

    // When they take turns, and so steps, in alternation
    try (Model one = new Model(ONE);
        Model other = new Model(OTHER)) {
      boolean working = true;
      while (working) {
        working = one.works() | other.works();
      }

      // Then
      assertEqual(one.state(), oneAlone);
      assertEqual(other.state(), otherAlone);
      assertThat(one.state().weights().get("classifier.weight").data())
          .as("the two differ")
          .isNotEqualTo(other.state().weights().get("classifier.weight").data());
    }
  }

  private static FineTunerState alone(Map<String, String> settings) throws Exception {
    try (Model model = new Model(settings)) {
      boolean working = true;
      while (working) {
        working = model.works();
      }
      return model.state();
    }
  }

  private static void assertEqual(FineTunerState found, FineTunerState expected) {
    assertThat(found.step()).isEqualTo(expected.step()).isGreaterThan(CHUNKS);
    assertSame(found.weights(), expected.weights());
    assertSame(found.firstMoments(), expected.firstMoments());
    assertSame(found.secondMoments(), expected.secondMoments());
  }

  /** A run of its own, over chunks from memory. */
  private static final class Model implements AutoCloseable {

    private final Deque<Work> waiting =
        new ArrayDeque<>(IntStream.range(0, CHUNKS).mapToObj(Chunks::chunk).toList());
    private final Learner learner;
    private final TrainingRun run;

    Model(Map<String, String> settings) {
      learner = new LearnerBuilder().settings(settings).replay(Map.of("size", "20")).build();
      RunState state = new RunState(OwnerState.START);
      OutboxBuffer outgoing = new OutboxBuffer(0, SentDeadLetters.NONE);
      run =
          new TrainingRun(
              learner,
              state,
              new RunPorts(
                  () -> Optional.ofNullable(waiting.poll()),
                  RunJournal.NONE,
                  RunIdentity.NONE,
                  new CommitSchedule(
                      learner,
                      outgoing,
                      state,
                      new MemoryCommit(
                          outgoing, state, CommitState.Mark.of(learner), outbox -> {})),
                  Evaluations.NONE,
                  RunControl.NONE,
                  new RunReport() {},
                  RunClock.SYSTEM));
    }

    /** Takes a turn; false once no work is left. */
    boolean works() throws InterruptedException {
      return run.turn().equals(Turn.WORKED);
    }

    FineTunerState state() {
      return learner.snapshot().tuner();
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
