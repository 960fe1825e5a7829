package io.millrace.problem;

/** What it takes for a problem to end, from the mildest to the gravest. */
public enum Outlook {
  /** The service tries again by itself, with growing pauses; the cause usually passes. */
  RETRIES,
  /**
   * The service tries again by itself, yet the cause stays until somebody acts: a right, a setting
   * of a topic, a full disk.
   */
  WAITS_FOR_OPERATOR,
  /** The service does not go on with it: only a command or a start with other settings helps. */
  REFUSED
}
