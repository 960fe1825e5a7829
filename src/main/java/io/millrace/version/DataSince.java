package io.millrace.version;

/** What becomes of the records after the version that is rolled back to. */
public enum DataSince {
  /** They are read and trained on again. */
  REPLAY,
  /** They are never trained on; the event names them. */
  SKIP
}
