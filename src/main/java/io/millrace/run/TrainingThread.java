package io.millrace.run;

import io.millrace.config.PipelineException;
import io.millrace.example.OutputSpace;
import io.millrace.report.StatusBoard;
import io.millrace.report.TrainerState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/** The one thread that owns the weights during one ownership: its start, its failure, its end. */
final class TrainingThread {

  /** A commit that takes so long, when the stop was asked for a while ago, may take for ever. */
  private static final Duration HELD_UP = Duration.ofSeconds(2);

  private static final Logger LOG = Logger.getLogger(TrainingThread.class);
  private static final Duration STOP_LOOK = Duration.ofMillis(100);

  private final PipelineAssembly assembly;
  private final StatusBoard board;
  private final Optional<TrainingThread> before;
  private final BiConsumer<TrainingThread, LoopEnd> onEnd;
  private final Thread thread;
  private volatile TrainingLoop loop;
  private volatile boolean abandoned;

  /**
   * @param before the thread of the last ownership: its memory must be free before this one's model
   *     is loaded
   * @param onEnd told, on the thread, when it ends by itself
   */
  TrainingThread(
      PipelineAssembly assembly,
      StatusBoard board,
      Optional<TrainingThread> before,
      BiConsumer<TrainingThread, LoopEnd> onEnd) {
    this.assembly = assembly;
    this.board = board;
    this.before = before;
    this.onEnd = onEnd;
    this.thread = new Thread(this::run, "millrace-trainer");
  }

  void start() {
    board.state(assembly.labels().isDone() ? TrainerState.STARTING : TrainerState.LEARNING_LABELS);
    thread.start();
  }

  /**
   * Ends the loop behind the chunk in work, and waits for its commit.
   *
   * @param timeout for all of it
   * @param patience with a broker or an artifact store that does not answer
   */
  void stop(Duration timeout, Duration patience) throws InterruptedException {
    assembly.labels().cancel(false);
    TrainingLoop running = loop;
    if (running != null) {
      LOG.infof("stopping: the chunk in work is finished and saved first");
      running.stop();
    }
    long asked = System.nanoTime();
    while (thread.isAlive() && System.nanoTime() - asked < timeout.toNanos()) {
      thread.join(STOP_LOOK.toMillis());
      long now = System.nanoTime();
      if (now - asked > patience.toNanos() && isHeldUp(now)) {
        break;
      }
    }
    if (thread.isAlive()) {
      LOG.warnf(
          "training did not stop within %.1f s; the last checkpoint stands",
          (System.nanoTime() - asked) / 1e9);
    }
  }

  /** Whether it waits for others, who may never answer. */
  private boolean isHeldUp(long now) {
    return board.times().committing(now).compareTo(HELD_UP) > 0
        || assembly.uploadProblem().isPresent();
  }

  /** Ends the loop behind the chunk in work, without a commit. Does not wait. */
  void abandon() {
    abandoned = true;
    assembly.close();
    TrainingLoop running = loop;
    if (running != null) {
      running.abandon();
    }
  }

  /** Waits for its end. */
  void join(Duration atMost) throws InterruptedException {
    thread.join(atMost.toMillis());
  }

  private void run() {
    try {
      if (before.isPresent()) {
        before.get().thread.join();
      }
      OutputSpace labels = assembly.labels().join();
      loop = assembly.loop(labels);
      if (abandoned) { // between the two lines above: the loop ends before its first chunk
        loop.abandon();
      }
      board.start();
      ended(loop.run());
    } catch (CancellationException e) {
      board.state(abandoned ? TrainerState.STANDBY : TrainerState.STOPPED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("training was interrupted; the last checkpoint stands");
      board.state(abandoned ? TrainerState.STANDBY : TrainerState.STOPPED);
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      if (abandoned) { // whatever it is, nothing of this ownership counts any more
        LOG.debug("an ownership that was given up ended with a failure", e);
        board.state(TrainerState.STANDBY);
        return;
      }
      // Nothing above this would tell anybody: the service must say that it no longer trains.
      LOG.error("training has stopped for good; the last checkpoint stands", e);
      if (e instanceof PipelineException && e.getCause() == null) { // what it found, not a defect
        board.refuse(String.valueOf(e.getMessage()), "Correct what it names, then restart.");
      } else {
        board.fail(String.valueOf(e.getMessage()));
      }
    } finally {
      board.endOfTerm();
    }
  }

  private void ended(LoopEnd end) {
    if (end instanceof LoopEnd.Stopped || end instanceof LoopEnd.Abandoned) {
      board.state(abandoned ? TrainerState.STANDBY : TrainerState.STOPPED);
      return;
    }
    if (end instanceof LoopEnd.Lost) {
      board.state(TrainerState.STANDBY);
    }
    onEnd.accept(this, end);
  }
}
