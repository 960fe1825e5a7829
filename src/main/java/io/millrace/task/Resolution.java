package io.millrace.task;

import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import java.util.function.Function;
import java.util.function.IntFunction;

/** What a given target is in an output space. */
public sealed interface Resolution {

  /** It has its place there. */
  record Known(Target target) implements Resolution {}

  /**
   * The space grows by its name.
   *
   * @param target given the index that the name gets
   */
  record Grows(String name, IntFunction<Target> target) implements Resolution {}

  /** It has no place: the record is dead-lettered. */
  record Refused(Reason reason, String detail) implements Resolution {}

  /**
   * It has no place, and that breaks a contract with the producers: nothing after it is read.
   *
   * @param why for operators, given the record's position
   */
  record Stops(Function<RecordPosition, String> why) implements Resolution {}
}
