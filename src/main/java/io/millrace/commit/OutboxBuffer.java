package io.millrace.commit;

import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.DeadLetter;
import io.millrace.version.ModelVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * What waits for the next commit unit. Training thread only.
 *
 * <p>Dead letters hold whole records: a flood of bad ones asks for a unit early, and once it is
 * {@link #isFull()} training waits for that.
 */
public final class OutboxBuffer {

  private static final long URGENT_BYTES = 8L << 20;
  private static final long FULL_BYTES = 32L << 20;

  /** A record's own share: position, reason, detail and objects around them. */
  private static final int OVERHEAD = 512;

  /** Letters of these records are on the broker already. */
  private final SentDeadLetters sent;

  private final List<ModelVersion> versions = new ArrayList<>();
  private final List<MetricRecord.Evaluated> decisions = new ArrayList<>();
  private final List<DeadLetter> letters = new ArrayList<>();
  private final List<MetricRecord.Commanded> answers = new ArrayList<>();
  private final List<ModelVersion> repeats = new ArrayList<>();
  private long bytes;
  private long lastVersion;

  /**
   * @param lastVersion the number of the last version; 0 before the first
   * @param sent records whose letters were sent, by a run that was given up or a unit that is lost:
   *     they are not sent again
   */
  public OutboxBuffer(long lastVersion, SentDeadLetters sent) {
    this.lastVersion = lastVersion;
    this.sent = sent;
  }

  /**
   * @throws IllegalArgumentException where it is not the next: numbers have no gaps
   */
  public void add(ModelVersion version) {
    if (version.version() != lastVersion + 1) {
      throw new IllegalArgumentException(
          "version " + version.version() + " cannot follow version " + lastVersion);
    }
    versions.add(version);
    lastVersion = version.version();
  }

  /** The number of the last version, whether it is committed already or waits for that. */
  public long lastVersion() {
    return lastVersion;
  }

  public void add(MetricRecord.Evaluated decision) {
    decisions.add(decision);
  }

  public void add(MetricRecord.Commanded answer) {
    answers.add(answer);
  }

  /** Announces a version again. */
  public void repeat(ModelVersion version) {
    repeats.add(version);
  }

  public void add(DeadLetter letter) {
    if (!sent.contains(letter.record().position())) {
      letters.add(letter);
      bytes += OVERHEAD + letter.record().size();
    }
  }

  /** Takes what waits. */
  Outbox take() {
    Outbox taken = new Outbox(versions, decisions, letters, List.of(), answers, repeats);
    versions.clear();
    decisions.clear();
    letters.clear();
    answers.clear();
    repeats.clear();
    bytes = 0;
    return taken;
  }

  /** Takes back what a unit could not be written with; it goes before what came since. */
  void putBack(Outbox outbox) {
    if (!outbox.rollBacks().isEmpty()) {
      return; // it is not tried again by itself, and what it answers is not true
    }
    Outbox all = outbox.followedBy(take());
    versions.addAll(all.versions());
    decisions.addAll(all.decisions());
    all.letters().forEach(this::add);
    answers.addAll(all.answers());
    repeats.addAll(all.repeats());
  }

  public boolean isEmpty() {
    return versions.isEmpty()
        && decisions.isEmpty()
        && letters.isEmpty()
        && answers.isEmpty()
        && repeats.isEmpty();
  }

  /** Whether it should not wait for the usual time: a version, an answer, or many letters. */
  boolean isUrgent() {
    return !versions.isEmpty() || !answers.isEmpty() || !repeats.isEmpty() || bytes >= URGENT_BYTES;
  }

  /** Whether training must wait until it is sent. */
  boolean isFull() {
    return bytes >= FULL_BYTES;
  }
}
