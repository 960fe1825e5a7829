package io.millrace.gate;

/** What champion and challenger are compared by, example by example. */
public enum GateScore {
  /** Right or wrong: McNemar's exact test. */
  ACCURACY,
  /**
   * Cross-entropy of the true label, nats: a paired test of means, of differences cut to 2 nats on
   * either side, since one example without a bound could outweigh all others.
   */
  LOG_LOSS
}
