package io.millrace.serving.replica;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * When what failed may be tried again: after a pause that doubles up to a minute, for a damaged
 * file of a large model is downloaded again each time. One thread.
 *
 * @param <T> what is tried
 */
final class RetryPauses<T> {

  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private final Map<T, Failure> failures = new HashMap<>();

  RetryPauses(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Why it failed the last time, while its pause lasts; empty where it may be tried. */
  Optional<String> pausedFor(T what) {
    return Optional.ofNullable(failures.get(what))
        .filter(failure -> nanoTime.getAsLong() - failure.at < failure.pause.toNanos())
        .map(Failure::why);
  }

  void failed(T what, String why) {
    failures.merge(
        what,
        new Failure(why, FIRST, nanoTime.getAsLong()),
        (before, first) -> new Failure(why, before.longer(), first.at));
  }

  /** Forgets the failures of all others. */
  void keepOnly(Collection<T> wanted) {
    failures.keySet().retainAll(wanted);
  }

  void succeeded(T what) {
    failures.remove(what);
  }

  private record Failure(String why, Duration pause, long at) {
    Duration longer() {
      Duration twice = pause.multipliedBy(2);
      return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }
  }
}
