package io.millrace.run;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.event.Outbox;
import io.millrace.learner.Learner;
import java.io.IOException;

/** Saves learners in tests that have no checkpointer. */
public final class Saving {

  private Saving() {}

  /** As the first unit of term 1, with nothing to announce. */
  public static void save(CheckpointStore store, Learner learner) throws IOException {
    store.save(
        new CheckpointId(1, learner.tuner().steps(), 1),
        CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START));
  }
}
