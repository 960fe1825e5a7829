package io.millrace.commit;

import static java.util.Comparator.naturalOrder;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.version.ModelVersion;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * What the broker knows of a model's past.
 *
 * @param unit the unit that was committed last, by its commit record and the metadata of the
 *     group's offsets; empty where neither names one
 * @param positions where it stands
 * @param lastVersion the version that was announced last; empty where none was
 * @param letters records that were dead-lettered, as the last commit record has them
 * @param recordedIn the term of the last commit record. Where there is one, what it does not have
 *     was not sent; where there is none, no owner of a release that writes them has begun yet, or
 *     the topic was lost
 */
public record Ledger(
    Optional<String> unit,
    InputPositions positions,
    Optional<ModelVersion> lastVersion,
    SentDeadLetters letters,
    Optional<Long> recordedIn) {

  /** Whether there is a commit record. */
  public boolean isRecorded() {
    return recordedIn.isPresent();
  }

  /** The highest term that is known to have begun to write; -1 for none. */
  public long term() {
    return recordedIn.orElse(-1L);
  }

  /**
   * The newest of some units' names: a partition that is no longer read keeps an older one. What is
   * no unit's name was written by something else than this release, and is older than any.
   */
  public static Optional<String> newest(Collection<String> names) {
    return names.stream()
        .max(
            Comparator.comparing(
                    CheckpointId::parse,
                    Comparator.comparing(
                        unit -> unit.orElse(null), Comparator.nullsFirst(naturalOrder())))
                .thenComparing(naturalOrder()));
  }

  /** That of a model nobody has trained yet. */
  public static final Ledger EMPTY =
      new Ledger(
          Optional.empty(),
          InputPositions.START,
          Optional.empty(),
          SentDeadLetters.NONE,
          Optional.empty());
}
