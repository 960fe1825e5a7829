package io.millrace.run;

import io.millrace.intake.ChunkQueue;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Takes the turns of one run until it ends, and waits between them. One thread. */
public final class TrainingLoop {

  private static final Duration LOOK_UP = Duration.ofMillis(500);

  private final TrainingRun run;
  private final ChunkQueue queue;

  /**
   * @param run closed once it has ended
   * @param queue its work
   */
  public TrainingLoop(TrainingRun run, ChunkQueue queue) {
    this.run = run;
    this.queue = queue;
  }

  /** See {@link TrainingRun#stop}. Any thread. */
  public void stop() {
    run.stop();
  }

  /** See {@link TrainingRun#abandon}. Any thread. */
  void abandon() {
    run.abandon();
  }

  /** Trains until the run ends. */
  public LoopEnd run() throws InterruptedException {
    try (run) {
      while (true) {
        Turn turn = run.turn();
        if (turn instanceof Turn.Ended ended) {
          return ended.end();
        }
        if (turn instanceof Turn.Idle) {
          queue.awaitWork(LOOK_UP);
        } else if (turn instanceof Turn.Blocked) {
          TimeUnit.NANOSECONDS.sleep(LOOK_UP.toNanos());
        }
      }
    }
  }
}
