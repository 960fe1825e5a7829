package io.millrace.checkpoint;

import java.io.IOException;
import java.util.Optional;

/** Keeps checkpoints. One writer at a time. */
public interface CheckpointStore {

  /**
   * Saves a checkpoint whole, or not at all, and removes those beyond the number kept.
   *
   * @return its id
   * @throws IOException when it cannot be written; those before it are untouched
   */
  String save(Checkpoint checkpoint) throws IOException;

  /** The newest one that is whole; a damaged one is named in the log and skipped. */
  Optional<Saved> newest() throws IOException;

  /**
   * A checkpoint with its id.
   *
   * @param id its name in the store
   * @param checkpoint its content
   */
  record Saved(String id, Checkpoint checkpoint) {}
}
