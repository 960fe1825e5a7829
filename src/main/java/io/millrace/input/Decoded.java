package io.millrace.input;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.example.TimeSource;

/** What became of a record. */
public sealed interface Decoded {

  /**
   * It is a well-formed example; whether its label is known, and whether the base can read it, is
   * not decided here.
   *
   * @param time who says when it happened
   */
  record Accepted(LabelledExample example, TimeSource time) implements Decoded {}

  /**
   * It takes the records of an id back.
   *
   * @param id the record's key
   */
  record Retraction(InboundRecord record, String id) implements Decoded {}

  /** It breaks the contract. */
  record Refused(DeadLetter letter) implements Decoded {}
}
