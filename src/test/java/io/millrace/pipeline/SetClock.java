package io.millrace.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on when a test says so. Any thread. */
final class SetClock implements RunClock {

  private final Instant start;
  private final AtomicLong nanos = new AtomicLong();

  SetClock(Instant start) {
    this.start = start;
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public Instant now() {
    return start.plusNanos(nanos.get());
  }
}
