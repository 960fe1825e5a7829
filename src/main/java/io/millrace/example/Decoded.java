package io.millrace.example;

/** What became of a record. */
public sealed interface Decoded {

  /** It is a well-formed example; whether its label is known is not decided here. */
  record Accepted(LabelledExample example) implements Decoded {}

  /**
   * It takes the records of an id back.
   *
   * @param id the record's key
   */
  record Retraction(InboundRecord record, String id) implements Decoded {}

  /** It breaks the contract. */
  record Refused(DeadLetter letter) implements Decoded {}
}
