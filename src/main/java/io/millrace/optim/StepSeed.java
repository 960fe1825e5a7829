package io.millrace.optim;

/** The random state of step N as a function of the run's seed and N alone. */
public final class StepSeed {

  private StepSeed() {}

  /**
   * Mixes both as SplitMix64 does (Steele et al., OOPSLA 2014): libtorch's CPU generator takes only
   * the low 32 bits, so these must depend on all of the input.
   */
  public static long of(long seed, long step) {
    long mixed = seed + step * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
