package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.UnitId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

  private static final UnitId UNIT = new UnitId(7, 120, 3);

  @Test
  void aModelThatNobodyKnowsStartsFromTheBase() {
    assertThat(Reconciliation.of(Optional.empty(), Ledger.EMPTY))
        .isEqualTo(Reconciliation.FIRST_START);
  }

  @Test
  void equalUnitsAreInStep() {
    assertThat(of(UNIT, UNIT.toString())).isEqualTo(Reconciliation.IN_STEP);
  }

  @Test
  void aUnitThatTheBrokerHasNotSeenIsToBeSent() {
    assertThat(Reconciliation.of(Optional.of(UNIT), Ledger.EMPTY)).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, new UnitId(7, 120, 2).toString())).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, new UnitId(7, 121, 2).toString())).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, new UnitId(6, 999, 9).toString())).isEqualTo(Reconciliation.UNSENT);
    assertThat(of(UNIT, "somebody else's")).isEqualTo(Reconciliation.UNSENT);
  }

  @Test
  void aStoreThatLacksWhatTheBrokerHasSeenIsBehind() {
    assertThat(of(UNIT, new UnitId(7, 121, 4).toString())).isEqualTo(Reconciliation.STORE_BEHIND);
    assertThat(of(UNIT, new UnitId(8, 1, 1).toString())).isEqualTo(Reconciliation.STORE_BEHIND);
  }

  @Test
  void anEmptyStoreIsToldFromAFirstStart() {
    assertThat(
            Reconciliation.of(
                Optional.empty(),
                new Ledger(Optional.of(UNIT.toString()), InputPositions.START, Optional.empty())))
        .isEqualTo(Reconciliation.STORE_EMPTY);
  }

  private static Reconciliation of(UnitId newest, String seen) {
    return Reconciliation.of(
        Optional.of(newest), new Ledger(Optional.of(seen), InputPositions.START, Optional.empty()));
  }
}
