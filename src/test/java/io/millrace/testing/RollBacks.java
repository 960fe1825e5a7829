package io.millrace.testing;

import io.millrace.example.Partition;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Builds roll-backs: each test names what it is about. The others skip nothing, of model {@code
 * default}, at noon.
 */
public final class RollBacks {

  private final long version;
  private final long term;
  private String model = "default";
  private long from;
  private long last;
  private DataSince data = DataSince.SKIP;
  private String command = "test";
  private String reason = "worse";
  private Map<Partition, OffsetRange> skipped = Map.of();
  private Instant time = Examples.NOON;

  private RollBacks(long version, long term) {
    this.version = version;
    this.term = term;
  }

  /** To a version of {@link Versions}. */
  public static RollBacks to(long version) {
    return to(version, Versions.TERM);
  }

  /**
   * To a version.
   *
   * @param term of that version
   */
  public static RollBacks to(long version, long term) {
    return new RollBacks(version, term);
  }

  /** To a version of its model. */
  public static RollBacks to(ModelVersion version) {
    return to(version.version(), version.term()).model(version.model());
  }

  public RollBacks model(String value) {
    model = value;
    return this;
  }

  /** From the version that was current, and has the highest number given so far. */
  public RollBacks from(long current) {
    return from(current, current);
  }

  /**
   * From the version that was current.
   *
   * @param newest the highest number given so far
   */
  public RollBacks from(long current, long newest) {
    from = current;
    last = newest;
    return this;
  }

  /** What becomes of the records since. */
  public RollBacks data(DataSince value) {
    data = value;
    return this;
  }

  /** The command's id. */
  public RollBacks by(String value) {
    command = value;
    return this;
  }

  public RollBacks because(String value) {
    reason = value;
    return this;
  }

  /** Records that are never trained on. */
  public RollBacks skipped(Map<Partition, OffsetRange> value) {
    skipped = value;
    return this;
  }

  public RollBacks at(Instant value) {
    time = value;
    return this;
  }

  public RolledBack build() {
    return new RolledBack(
        model, version, term, from, last, data, command, reason, Optional.empty(), skipped, time);
  }
}
