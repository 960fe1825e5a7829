package io.millrace.storage;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Counts and times of one instance, since its start. Thread-safe. */
@ApplicationScoped
public class DurabilityTimes {

  private final LongSupplier nanoTime;
  private final Total journal = new Total();
  private final Total broker = new Total();
  private OptionalLong ownerSince = OptionalLong.empty();
  private OptionalLong committedAt = OptionalLong.empty();
  private OptionalLong committingSince = OptionalLong.empty();

  public DurabilityTimes() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  public DurabilityTimes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** This instance owns the model from now on. */
  public synchronized void owns() {
    ownerSince = OptionalLong.of(nanoTime.getAsLong());
    committedAt = OptionalLong.empty();
  }

  /** This instance owns the model no longer; nothing happens where it did not. */
  public synchronized void ownsNoLonger() {
    ownerSince = OptionalLong.empty();
    committedAt = OptionalLong.empty();
  }

  /** Whether this instance owns the model. */
  public synchronized boolean isOwner() {
    return ownerSince.isPresent();
  }

  /** A commit is with the broker from now on, until {@link #committed} or {@link #notCommitted}. */
  public synchronized void committing() {
    committingSince = OptionalLong.of(nanoTime.getAsLong());
  }

  /** The broker has it. */
  public synchronized void committed() {
    long now = nanoTime.getAsLong();
    broker.add(now - committingSince.orElse(now));
    committingSince = OptionalLong.empty();
    committedAt = OptionalLong.of(now);
  }

  /** The commit ended without success. */
  public synchronized void notCommitted() {
    committingSince = OptionalLong.empty();
  }

  /** A chunk is in the journal. */
  public synchronized void journaled(Duration took) {
    journal.add(took.toNanos());
  }

  /** How long the broker has had the commit under way; zero while there is none. */
  public synchronized Duration committing(long now) {
    return Duration.ofNanos(committingSince.isPresent() ? now - committingSince.getAsLong() : 0);
  }

  /**
   * Seconds since the last commit, or since this instance became the owner where it has made none
   * yet; NaN for a standby.
   */
  public synchronized double commitAgeSeconds() {
    if (ownerSince.isEmpty()) {
      return Double.NaN;
    }
    long since = committedAt.orElse(ownerSince.getAsLong());
    return (nanoTime.getAsLong() - since) / 1e9;
  }

  /** Of commits on the broker. */
  public synchronized Snapshot broker() {
    return broker.snapshot();
  }

  /** Of entries in the journal. */
  public synchronized Snapshot journal() {
    return journal.snapshot();
  }

  /**
   * How many, and how long all of them together.
   *
   * @param count finished
   * @param seconds together
   */
  public record Snapshot(long count, double seconds) {}

  private static final class Total {
    private long count;
    private long nanos;

    void add(long took) {
      count++;
      nanos += took;
    }

    Snapshot snapshot() {
      return new Snapshot(count, nanos / 1e9);
    }
  }
}
