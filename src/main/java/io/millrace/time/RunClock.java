package io.millrace.time;

import java.time.Instant;

/** The time of a run: injected, so that a backtest repeats and a test says what time it is. */
public interface RunClock {

  /** The machine's. */
  RunClock SYSTEM =
      new RunClock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }
      };

  /** Nanoseconds since any moment; only differences say something. */
  long nanos();

  /** Wall-clock time. */
  Instant now();
}
