package io.millrace.example;

/** Who says when an example happened. */
public enum TimeSource {
  /** Its producer, by {@code timestamp}. */
  PRODUCER,
  /** Nobody: the record's own timestamp stands for it, or the beginning of 1970. */
  RECORD,
  /** Its producer gave a time that cannot be; likewise. */
  REPLACED
}
