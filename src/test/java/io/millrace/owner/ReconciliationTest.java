package io.millrace.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.Ledger;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

  private static final CheckpointId UNIT = new CheckpointId(7, 120, 3);

  @Test
  void aModelThatNobodyKnowsStartsFromTheBase() {
    assertThat(Reconciliation.of(Optional.empty(), List.of(), Ledger.EMPTY))
        .isEqualTo(Reconciliation.FIRST_START);
  }

  @Test
  void equalUnitsAreInStep() {
    assertThat(of(UNIT, UNIT.toString())).isEqualTo(Reconciliation.IN_STEP);
  }

  @Test
  void aUnitThatTheBrokerHasNotSeenIsToBeSent() {
    assertThat(of(UNIT, new CheckpointId(7, 120, 2).toString())).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, new CheckpointId(7, 121, 2).toString())).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, new CheckpointId(6, 999, 9).toString())).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, "somebody else's")).isEqualTo(Reconciliation.UNSENT);
  }

  @Test
  void withACommitRecordWhatItDoesNotHaveIsToBeSent() {
    assertThat(
            Reconciliation.of(
                Optional.of(UNIT), List.of(), ledger(Optional.empty(), Optional.empty(), true)))
        .isEqualTo(Reconciliation.UNSENT);
  }

  @Test
  void withoutAnyProofTheVersionsTopicTellsElseTheUnitCountsAsSent() {
    // Given offsets that expired, and no owner so far that wrote commit records
    List<ModelVersion> none = List.of();
    List<ModelVersion> two = List.of(Versions.version(2));

    // Then
    assertThat(unproven(none, Optional.of(Versions.version(2)))).isEqualTo(Reconciliation.UNPROVEN);
    assertThat(unproven(two, Optional.of(Versions.version(2)))).isEqualTo(Reconciliation.IN_STEP);
    assertThat(unproven(two, Optional.of(Versions.version(1)))).isEqualTo(Reconciliation.UNSENT);
    assertThat(unproven(two, Optional.empty())).isEqualTo(Reconciliation.UNSENT);
  }

  private static Reconciliation unproven(List<ModelVersion> versions, Optional<ModelVersion> last) {
    return Reconciliation.of(
        Optional.of(UNIT), versions, ledger(Optional.empty(), last, /* isRecorded= */ false));
  }

  @Test
  void aStoreThatLacksWhatTheBrokerHasSeenIsBehind() {
    assertThat(of(UNIT, new CheckpointId(7, 121, 4).toString()))
        .isEqualTo(Reconciliation.STORE_BEHIND);
    assertThat(of(UNIT, new CheckpointId(8, 1, 1).toString()))
        .isEqualTo(Reconciliation.STORE_BEHIND);
  }

  @Test
  void anEmptyStoreIsToldFromAFirstStart() {
    assertThat(
            Reconciliation.of(
                Optional.empty(),
                List.of(),
                ledger(Optional.of(UNIT.toString()), Optional.empty(), false)))
        .isEqualTo(Reconciliation.STORE_EMPTY);
  }

  private static Reconciliation of(CheckpointId newest, String seen) {
    return Reconciliation.of(
        Optional.of(newest),
        List.of(),
        ledger(Optional.of(seen), Optional.empty(), /* isRecorded= */ true));
  }

  private static Ledger ledger(
      Optional<String> unit, Optional<ModelVersion> lastVersion, boolean isRecorded) {
    return new Ledger(
        unit,
        InputPositions.START,
        lastVersion,
        SentDeadLetters.NONE,
        isRecorded ? Optional.of(7L) : Optional.empty());
  }
}
