package io.millrace.checkpoint;

import java.io.IOException;
import java.util.Optional;

/** Keeps checkpoints. Any thread; one writer at a time. */
public interface CheckpointStore {

  /**
   * Saves a checkpoint whole, or not at all. Once it is in place, those beyond the number kept are
   * removed.
   *
   * @return its id
   * @throws IOException naming the folder and the space left, when it cannot be written; those
   *     before it are untouched
   */
  String save(Checkpoint checkpoint) throws IOException;

  /**
   * The one written last that is whole: every part has its size and hash. A damaged one is named in
   * the log and skipped. Empty where none was ever saved.
   *
   * @throws IOException when all are damaged, one cannot be read at all, or a newer release wrote
   *     it: starting over without a word would be worse
   */
  Optional<Saved> newest() throws IOException;

  /**
   * A checkpoint with its id.
   *
   * @param id its name in the store
   * @param checkpoint its content
   */
  record Saved(String id, Checkpoint checkpoint) {}
}
