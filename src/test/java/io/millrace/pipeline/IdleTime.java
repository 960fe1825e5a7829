package io.millrace.pipeline;

import java.util.function.Consumer;

/** Idle time in tests that have no loop. */
final class IdleTime {

  private IdleTime() {}

  /** A batch of what is owed. */
  static void use(Learner learner, Consumer<Trained> onStep) {
    Work.IdleReplay idle = (Work.IdleReplay) learner.idleWork().orElseThrow();
    learner.replayIdle(idle, onStep);
  }
}
