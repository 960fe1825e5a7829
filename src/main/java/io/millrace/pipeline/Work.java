package io.millrace.pipeline;

import io.millrace.example.RecordPosition;
import java.util.List;

/** What the training thread does next. */
sealed interface Work permits Chunk, Work.IdleReplay {

  /** Whether it was begun before a restart: the journal has it already. */
  boolean isRepeated();

  /** Examples that leave replay buffer and held-out window first. */
  List<RecordPosition> forgotten();

  /** The same, but for what is forgotten first. */
  Work forgetting(List<RecordPosition> positions);

  /**
   * Replayed examples, while no chunk waits.
   *
   * @param examples how many to draw
   */
  record IdleReplay(int examples, boolean isRepeated, List<RecordPosition> forgotten)
      implements Work {

    public IdleReplay {
      forgotten = List.copyOf(forgotten);
    }

    /** Nothing is forgotten. */
    IdleReplay(int examples, boolean isRepeated) {
      this(examples, isRepeated, List.of());
    }

    @Override
    public IdleReplay forgetting(List<RecordPosition> positions) {
      return new IdleReplay(examples, isRepeated, positions);
    }
  }
}
