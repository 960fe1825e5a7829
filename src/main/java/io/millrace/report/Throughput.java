package io.millrace.report;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Examples and tokens per second over the last minute. Training thread only. */
public final class Throughput {

  private static final long WINDOW = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanoTime;
  private final long startedAt;
  private final Deque<Sample> samples = new ArrayDeque<>();

  public Throughput(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.startedAt = nanoTime.getAsLong();
  }

  public void add(int examples, int tokens) {
    samples.addLast(new Sample(nanoTime.getAsLong(), examples, tokens));
  }

  double examplesPerSecond() {
    return perSecond(samples.stream().filter(this::isRecent).mapToLong(Sample::examples).sum());
  }

  double tokensPerSecond() {
    return perSecond(samples.stream().filter(this::isRecent).mapToLong(Sample::tokens).sum());
  }

  private double perSecond(long count) {
    samples.removeIf(sample -> !isRecent(sample));
    double seconds = Math.min(WINDOW, nanoTime.getAsLong() - startedAt) / 1e9;
    return seconds <= 0 ? 0 : count / seconds;
  }

  private boolean isRecent(Sample sample) {
    return nanoTime.getAsLong() - sample.at() <= WINDOW;
  }

  private record Sample(long at, int examples, int tokens) {}
}
