package io.millrace.pipeline;

/** What the training thread does next. */
sealed interface Work permits Chunk, Work.IdleReplay {

  /** Whether it was begun before a restart: the journal has it already. */
  boolean isRepeated();

  /**
   * Replayed examples, while no chunk waits.
   *
   * @param examples how many to draw
   */
  record IdleReplay(int examples, boolean isRepeated) implements Work {}
}
