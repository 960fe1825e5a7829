package io.millrace.web.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** The same limit for each caller apart. Any thread; never blocks. */
final class CallerLimits {

  /** Most callers remembered, so a flood from more addresses uses no more memory. */
  private static final int MOST_CALLERS = 10_000;

  private final Cache<String, RateLimit> limits;
  private final int most;
  private final Duration time;
  private final TimeMeter clock;

  CallerLimits(int most, Duration time, TimeMeter clock) {
    this.most = most;
    this.time = time;
    this.clock = clock;
    this.limits =
        Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS)
            .expireAfterAccess(time) // by then it is full again
            .ticker(clock::currentTimeNanos)
            .build();
  }

  /** The limit of an address. */
  RateLimit of(String caller) {
    return limits.get(caller, unused -> new RateLimit(most, time, clock));
  }
}
