package io.millrace.run;

/** Why a roll-back is not made. */
sealed interface RollbackRefusal {

  /** In words, for the answer to the command. */
  String reason();

  /** It may be made another time. */
  record Retryable(String reason) implements RollbackRefusal {}

  /** It never can be. */
  record Lasting(String reason) implements RollbackRefusal {}
}
