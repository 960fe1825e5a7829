package io.millrace.input;

import io.millrace.example.BrokenRuleException;
import io.millrace.example.GivenTarget;

/** Reads the truth of an example from its fields. Immutable, any thread. */
public interface TargetReader {

  /**
   * Refuses a record that is made for another task, before any of its fields is read.
   *
   * @throws BrokenRuleException naming the field; the record is dead-lettered
   */
  default void refuseOtherTasks(Fields fields) throws BrokenRuleException {}

  /**
   * Reads the target.
   *
   * @throws BrokenRuleException naming field and rule, quoting no text; the record is dead-lettered
   */
  GivenTarget read(Fields fields) throws BrokenRuleException;
}
