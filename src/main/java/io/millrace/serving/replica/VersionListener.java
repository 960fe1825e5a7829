package io.millrace.serving.replica;

import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;

/**
 * Told what the versions topic says of this model, in its order, from the topic's beginning; again
 * from there after a lost connection. One thread, which may be kept waiting.
 */
public interface VersionListener {

  /** A version was published. */
  void published(ModelVersion version);

  /** An earlier version is current again. */
  void rolledBack(RolledBack rollBack);

  /**
   * Nothing more is there at the moment.
   *
   * @return whether it knows a current version
   */
  boolean caughtUp();
}
