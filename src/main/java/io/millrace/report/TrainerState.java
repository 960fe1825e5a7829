package io.millrace.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an instance of the service is doing, as the status shows it. */
public enum TrainerState {
  /** Another instance owns the model. */
  STANDBY,
  STARTING,
  LEARNING_LABELS,
  TRAINING,
  /** No record waits. */
  IDLE,
  WAITING_FOR_DISK,
  WAITING_FOR_COMMIT,
  PAUSED,
  FAILED,
  STOPPED,
  /** A replica, which never trains. */
  SERVING;

  /** In lower case, with dashes. */
  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
