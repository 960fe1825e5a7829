package io.millrace.fault;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.ExponentialBackoff;

/**
 * Pauses between attempts: each about twice as long as the one before, up to a cap, and none
 * exactly as long as another instance's. The arithmetic is the Kafka client's own. One thread.
 */
public final class Backoff {

  /** The longest pause: how long a remedy may take until it is noticed. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  private static final double JITTER = 0.2;

  private final ExponentialBackoff pauses;
  private long attempts;

  /**
   * @param first about the first pause
   * @param longest the cap, jitter included
   */
  public Backoff(Duration first, Duration longest) {
    this.pauses = new ExponentialBackoff(first.toMillis(), 2, longest.toMillis(), JITTER);
  }

  /** From about a second to half a minute. */
  public static Backoff usual() {
    return new Backoff(Duration.ofSeconds(1), LONGEST);
  }

  /** The next pause. */
  public Duration next() {
    return Duration.ofMillis(pauses.backoff(attempts++));
  }

  /** An attempt succeeded: the next pause is the first again. */
  public void reset() {
    attempts = 0;
  }

  /**
   * Waits for the next pause.
   *
   * @param end ends the wait early
   * @return whether it was ended early
   */
  public boolean pause(CountDownLatch end) throws InterruptedException {
    return end.await(next().toMillis(), TimeUnit.MILLISECONDS);
  }
}
