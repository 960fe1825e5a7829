package io.millrace.intake;

import io.millrace.example.Amendments;
import java.util.List;
import java.util.Optional;

/** Where a run's work comes from: chunks, and what a journal wants repeated. */
public interface WorkSource {

  /** The next piece of work that is there. Does not block. */
  Optional<Work> poll() throws InterruptedException;

  /** Whether what comes next was begun before a restart: idle time is not used before that. */
  default boolean isRepeating() {
    return false;
  }

  /** What arrived since this was last asked, about records before it. */
  default Amendments amendments() {
    return new Amendments(List.of());
  }

  /**
   * Whether all replay that is owed when a chunk ends counts as a part of that chunk: then it is
   * evaluated after the replay.
   */
  default boolean hasTimeForReplay() {
    return false;
  }
}
