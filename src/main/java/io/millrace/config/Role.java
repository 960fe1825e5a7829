package io.millrace.config;

/** What an instance does. */
public enum Role {
  /** It trains, or stands by to, and answers with the current version. */
  TRAIN,
  /** It follows the versions topic and answers; it never trains. */
  SERVE
}
