package io.millrace.intake;

import io.millrace.example.RecordPosition;
import java.util.List;

/** What the training thread does next. */
public sealed interface Work permits Chunk, Work.IdleReplay {

  /** Whether it was begun before a restart: the journal has it already. */
  boolean isRepeated();

  /** Examples that leave replay buffer and held-out window first. */
  List<RecordPosition> forgotten();

  /** Whether the learning rate's schedule begins again first. */
  boolean rewarms();

  /** The same, but for what is forgotten first, and whether the schedule begins again. */
  Work after(List<RecordPosition> forgotten, boolean rewarms);

  /**
   * Replayed examples, while no chunk waits.
   *
   * @param examples how many to draw
   */
  record IdleReplay(
      int examples, boolean isRepeated, List<RecordPosition> forgotten, boolean rewarms)
      implements Work {

    public IdleReplay {
      forgotten = List.copyOf(forgotten);
    }

    /** Nothing is forgotten. */
    public IdleReplay(int examples, boolean isRepeated) {
      this(examples, isRepeated, List.of(), /* rewarms= */ false);
    }

    @Override
    public IdleReplay after(List<RecordPosition> positions, boolean rewarming) {
      return new IdleReplay(examples, isRepeated, positions, rewarming);
    }
  }
}
