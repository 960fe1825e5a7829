package io.millrace.owner;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.Ledger;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionKey;
import java.util.List;
import java.util.Optional;

/**
 * What store and broker say about the last commit unit, and what follows. The store says where to
 * resume; the broker says what others have seen.
 */
enum Reconciliation {
  /** Neither knows the model. */
  FIRST_START("neither the store nor the broker knows this model: training starts from the base"),

  /** The last unit is in the store and its transaction on the broker. */
  IN_STEP("store and broker agree on the last unit: nothing to send"),

  /** A crash came between the unit and its transaction. */
  UNSENT("the broker has not seen the last unit: its transaction is sent now"),

  /** No commit record, no offsets: they expired or were deleted before this release. */
  UNPROVEN(
      "the broker has neither a commit record nor offsets of this model any more, as after an"
          + " upgrade and seven days off: the last unit is taken as sent; if a crash kept it from"
          + " the broker, its dead letters and decisions are missing there"),

  /** The unit that the broker saw last is damaged or gone, an earlier one stands in for it. */
  STORE_BEHIND(
      "the broker has seen a later unit than the newest whole one in the store: what lies between"
          + " is trained again; its versions and dead letters stand and are not sent again"),

  /** The broker knows the model, the store is empty. */
  STORE_EMPTY(
      "the broker has seen units of this model, but the store is empty: training starts over from"
          + " the base and the beginning of the log; its versions stand and numbers go on behind"
          + " them, refused records are dead-lettered anew");

  private final String meaning;

  Reconciliation(String meaning) {
    this.meaning = meaning;
  }

  /**
   * @param newest the newest whole unit in the store; empty where there is none
   * @param versions those that it announces
   */
  static Reconciliation of(
      Optional<CheckpointId> newest, List<ModelVersion> versions, Ledger ledger) {
    if (newest.isEmpty()) {
      return ledger.unit().isEmpty() ? FIRST_START : STORE_EMPTY;
    }
    // What is no unit's name was written by something else than this release: older than any.
    Optional<CheckpointId> seen = ledger.unit().flatMap(CheckpointId::parse);
    if (seen.isEmpty() && !ledger.isRecorded()) {
      return unproven(versions, ledger);
    }
    int ahead = seen.map(unit -> newest.get().compareTo(unit)).orElse(1);
    return ahead == 0 ? IN_STEP : ahead > 0 ? UNSENT : STORE_BEHIND;
  }

  /** What a unit announces is seen all or not at all: a version of it tells of the rest. */
  private static Reconciliation unproven(List<ModelVersion> versions, Ledger ledger) {
    if (versions.isEmpty()) {
      return UNPROVEN;
    }
    return ledger
            .lastVersion()
            .map(ModelVersion::key)
            .filter(key -> isIn(versions, key))
            .isPresent()
        ? IN_STEP
        : UNSENT;
  }

  private static boolean isIn(List<ModelVersion> versions, VersionKey key) {
    return versions.stream().anyMatch(version -> version.key().equals(key));
  }

  /** One sentence for the log. */
  String meaning() {
    return meaning;
  }
}
