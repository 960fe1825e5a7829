package io.millrace.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.example.DeadLetter;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import java.util.ArrayList;
import java.util.List;

/**
 * What a unit announces to others, exactly once: it is part of the unit in the store, so that a
 * restart can send what a crash kept from the broker. Immutable.
 *
 * @param versions new versions, in order
 * @param decisions what the gate decided on each evaluation
 * @param letters refused records
 * @param rollBacks versions that are current again
 * @param answers to commands
 * @param repeats versions that were announced before and that the topic no longer holds
 */
public record Outbox(
    List<ModelVersion> versions,
    List<MetricRecord.Evaluated> decisions,
    @JsonProperty("letters") List<DeadLetter> letters,
    List<RolledBack> rollBacks,
    List<MetricRecord.Commanded> answers,
    List<ModelVersion> repeats) {

  public static final Outbox EMPTY = new Outbox(List.of(), List.of(), List.of());

  public Outbox {
    versions = List.copyOf(versions);
    decisions = List.copyOf(decisions);
    letters = List.copyOf(letters);
    // Units written before there were any do not have them.
    rollBacks = rollBacks == null ? List.of() : List.copyOf(rollBacks);
    answers = answers == null ? List.of() : List.copyOf(answers);
    repeats = repeats == null ? List.of() : List.copyOf(repeats);
  }

  /** Without roll-backs, answers and repeats. */
  public Outbox(
      List<ModelVersion> versions,
      List<MetricRecord.Evaluated> decisions,
      List<DeadLetter> letters) {
    this(versions, decisions, letters, List.of(), List.of(), List.of());
  }

  @JsonIgnore
  public boolean isEmpty() {
    return versions.isEmpty()
        && decisions.isEmpty()
        && letters.isEmpty()
        && rollBacks.isEmpty()
        && answers.isEmpty()
        && repeats.isEmpty();
  }

  /** This one's, then the other's. */
  public Outbox followedBy(Outbox other) {
    return new Outbox(
        joined(versions, other.versions),
        joined(decisions, other.decisions),
        joined(letters, other.letters),
        joined(rollBacks, other.rollBacks),
        joined(answers, other.answers),
        joined(repeats, other.repeats));
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
