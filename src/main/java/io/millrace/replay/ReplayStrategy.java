package io.millrace.replay;

/** Which past examples are kept, and which of those come back. */
public enum ReplayStrategy {

  /**
   * Every example seen so far is in the buffer with the same probability, and comes back with the
   * same: Vitter's algorithm R (ACM Transactions on Mathematical Software 11, 1985).
   */
  UNIFORM,

  /**
   * As many examples of each label as the stream gives, each label uniform in itself: CBRS
   * (Chrysakis and Moens, ICML 2020).
   */
  CLASS_BALANCED,

  /**
   * Kept as {@link #UNIFORM} keeps, drawn by the example's last loss: proportional prioritization
   * of Schaul et al. (ICLR 2016), {@code (loss + 0.01)^0.6}, without their correction by importance
   * sampling, since a mixture that favours what is hard is what this strategy is for.
   */
  LOSS
}
