package io.millrace.checkpoint;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Keeps checkpoints. Any thread; one writer at a time: owners of the model, one after the other,
 * each in a term of its own. An owner that froze and thaws when a later one writes already touches
 * nothing of the later one's.
 */
public interface CheckpointStore {

  /**
   * Saves a checkpoint whole, or not at all. Once it is in place, those beyond the number kept are
   * removed.
   *
   * @param id higher than every other id; contains the checkpoint's step
   * @throws IOException naming the folder and the space left, when it cannot be written; those
   *     before it are untouched
   */
  void save(CheckpointId id, Checkpoint checkpoint) throws IOException;

  /**
   * The highest that is whole: every part has its size and hash. A damaged one is named in the log
   * and skipped. Empty where none was ever saved.
   *
   * @throws IOException when all are damaged, one cannot be read at all, or a newer release wrote
   *     it: starting over without a word would be worse
   */
  Optional<Saved> newest() throws IOException;

  /** Those kept, whole or not, ascending. */
  List<CheckpointId> kept() throws IOException;

  /**
   * One of those kept; empty where it is damaged, which the log says.
   *
   * @throws IOException when it cannot be read at all, or a newer release wrote it
   */
  Optional<Saved> read(CheckpointId id) throws IOException;

  /**
   * One document of one of those kept, without reading its tensors; empty where it has none of that
   * name, or is damaged.
   *
   * @param name the part's
   * @throws IOException when it cannot be read at all, or a newer release wrote it
   */
  default Optional<byte[]> document(CheckpointId id, String name) throws IOException {
    return read(id).map(saved -> saved.checkpoint().documents().get(name));
  }

  /**
   * Removes one; does nothing where it is not there.
   *
   * @param term of the owner that does it
   */
  void remove(CheckpointId id, long term) throws IOException;

  /** The highest term that wrote here, damaged checkpoints included; -1 where none did. */
  long highestTerm() throws IOException;

  /**
   * A checkpoint with its id.
   *
   * @param id its name in the store
   * @param checkpoint its content
   */
  record Saved(CheckpointId id, Checkpoint checkpoint) {}
}
