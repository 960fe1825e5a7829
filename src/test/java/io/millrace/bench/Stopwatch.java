package io.millrace.bench;

/** Wall time. */
final class Stopwatch {

  private Stopwatch() {}

  static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
