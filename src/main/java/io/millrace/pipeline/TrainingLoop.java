package io.millrace.pipeline;

import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The heart of the service, and where to start reading: take a chunk, train on it (or, while none
 * waits, on replayed examples where they are wanted), evaluate when it is time, publish what is
 * better, checkpoint. Runs on the one thread that owns the weights.
 */
final class TrainingLoop implements Runnable {

  private static final Logger LOG = Logger.getLogger(TrainingLoop.class);
  private static final Duration LOOK_UP = Duration.ofMillis(500);

  private final ChunkQueue queue;
  private final Learner learner;
  private final Examiner examiner;
  private final Checkpointer checkpointer;
  private final TrainingReport report;
  private volatile boolean stopping;

  TrainingLoop(
      ChunkQueue queue,
      Learner learner,
      Examiner examiner,
      Checkpointer checkpointer,
      TrainingReport report) {
    this.queue = queue;
    this.learner = learner;
    this.examiner = examiner;
    this.checkpointer = checkpointer;
    this.report = report;
  }

  /** Asks the loop to end behind the chunk in work. Any thread. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        boolean idleWork = learner.hasIdleWork();
        Optional<Chunk> chunk = queue.take(idleWork ? Duration.ZERO : LOOK_UP);
        report.waited();
        if (chunk.isPresent()) {
          learner.train(chunk.get(), report::stepDone);
          report.chunkDone(chunk.get());
        } else if (idleWork) {
          learner.replayIdle(report::stepDone);
        }
        examiner.examineIfDue().ifPresent(report::evaluated);
        if (!examiner
            .isPublishing()) { // one writer writes both: a copy would only wait on the heap
          checkpointer.saveIfDue(learner);
        }
        report.worked(chunk.isPresent() || idleWork);
      }
      examiner.finish();
      LOG.infof(
          "training stopped behind step %d, %s",
          learner.tuner().steps(),
          checkpointer.saveNow(learner) ? "everything saved" : "the last checkpoint stands");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("training was interrupted; the last checkpoint stands");
    } finally {
      examiner.close();
      learner.close();
    }
  }
}
