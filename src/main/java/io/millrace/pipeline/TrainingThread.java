package io.millrace.pipeline;

import io.millrace.example.LabelSet;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jboss.logging.Logger;

/** The one thread that owns the weights: its start, its failure, its end. */
final class TrainingThread {

  private static final Logger LOG = Logger.getLogger(TrainingThread.class);

  private final PipelineAssembly assembly;
  private final StatusBoard board;
  private final Thread thread;
  private volatile TrainingLoop loop;

  TrainingThread(PipelineAssembly assembly, StatusBoard board) {
    this.assembly = assembly;
    this.board = board;
    this.thread = new Thread(this::run, "millrace-trainer");
  }

  void start() {
    board.state(assembly.labels().isDone() ? "starting" : "learning-labels");
    thread.start();
  }

  /** Ends the loop behind the chunk in work, and waits for its checkpoint. */
  void stop(Duration timeout) throws InterruptedException {
    assembly.labels().cancel(false);
    TrainingLoop running = loop;
    if (running != null) {
      LOG.infof("stopping: the chunk in work is finished and saved first");
      running.stop();
    }
    thread.join(timeout.toMillis());
    if (thread.isAlive()) {
      LOG.warnf("training did not stop within %s; the last checkpoint stands", timeout);
    }
  }

  private void run() {
    try {
      LabelSet labels = assembly.labels().join();
      loop = assembly.loop(labels);
      board.start();
      loop.run();
      board.state("stopped");
    } catch (CancellationException e) {
      board.state("stopped");
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      // Nothing above this would tell anybody: the service must say that it no longer trains.
      LOG.error("training has stopped for good; the last checkpoint stands", e);
      board.fail(String.valueOf(e.getMessage()));
    }
  }
}
