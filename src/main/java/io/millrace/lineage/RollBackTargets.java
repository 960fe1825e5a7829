package io.millrace.lineage;

import java.io.IOException;
import java.util.List;

/** The versions that one can roll back to: what training had left behind for them is kept. */
public interface RollBackTargets {

  /**
   * Their numbers, ascending. Any thread; reads the store.
   *
   * @throws IOException where the store cannot be read
   */
  List<Long> versions() throws IOException;
}
