package io.millrace.kafka;

import io.millrace.commit.Commit;
import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;

/** An ownership that nobody takes away. */
public final class Unwatched implements Ownership {

  @Override
  public long term() {
    return 1;
  }

  @Override
  public Ledger ledger() {
    return Ledger.EMPTY;
  }

  @Override
  public void commit(Commit commit) {}

  @Override
  public void close() {}
}
