package io.millrace.publication;

/** What champion and challenger are compared by, example by example. */
public enum GateScore {
  /** Right or wrong: McNemar's exact test. */
  ACCURACY,
  /** Cross-entropy of the true label, nats: a paired test of means. */
  LOG_LOSS
}
