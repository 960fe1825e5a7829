package io.millrace.web.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** Limit on requests in a period, as a token bucket that starts full. Any thread; never blocks. */
final class RateLimit {

  private final Bucket bucket;

  /**
   * @param most in that time, and at once; at least 1
   */
  RateLimit(int most, Duration time, TimeMeter clock) {
    bucket =
        Bucket.builder()
            .addLimit(limit -> limit.capacity(most).refillGreedy(most, time))
            .withCustomTimePrecision(clock)
            .build();
  }

  /** Takes one, if there is one left; else answers how long until there is. */
  Duration take() {
    return Duration.ofNanos(bucket.tryConsumeAndReturnRemaining(1).getNanosToWaitForRefill());
  }

  /** How long until there is one; takes none. */
  Duration untilNext() {
    return Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
  }
}
