package io.millrace.kafka;

import io.millrace.pipeline.Commit;
import io.millrace.pipeline.Ledger;
import io.millrace.pipeline.Ownership;

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
