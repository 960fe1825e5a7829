package io.millrace.input;

/** What becomes of an example whose label is none of the label set. */
public enum UnknownLabel {
  /** It goes to the dead-letter topic. */
  DEAD_LETTER,
  /** The label set grows by its label, and the model by a row. */
  GROW,
  /** Reading stops in front of it, and liveness says so: labels are a contract with producers. */
  REFUSE
}
