package io.millrace.run;

/** What one turn of a {@link TrainingRun} came to, and so what its driver does next. */
public sealed interface Turn {

  Turn WORKED = new Worked();
  Turn IDLE = new Idle();
  Turn BLOCKED = new Blocked();

  /** Something was done: the next turn may follow at once. */
  record Worked() implements Turn {}

  /** No work is there: the driver waits for the source, but not for long. */
  record Idle() implements Turn {}

  /** Work may not begin, by a pause or for lack of room: the driver waits a moment. */
  record Blocked() implements Turn {}

  /** No turn follows. */
  record Ended(LoopEnd end) implements Turn {}
}
