package io.millrace.example;

/** What became of a record. */
public sealed interface Decoded {

  /** It is a well-formed example; whether its label is known is not decided here. */
  record Accepted(LabelledExample example) implements Decoded {}

  /** It breaks the contract. */
  record Refused(DeadLetter letter) implements Decoded {}
}
