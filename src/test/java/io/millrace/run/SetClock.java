package io.millrace.run;

import io.millrace.time.RunClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on when a test says so. Any thread. */
public final class SetClock implements RunClock {

  private final Instant start;
  private final AtomicLong nanos = new AtomicLong();

  public SetClock(Instant start) {
    this.start = start;
  }

  public void pass(Duration time) {
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
