package io.millrace.version;

import io.millrace.storage.DurableFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where published versions are kept. Any thread; one writer at a time: owners of the model, one
 * after the other, each in a term of its own. An owner that froze and thaws when a later one writes
 * already touches nothing of the later one's.
 *
 * <p>A version is written, becomes part of a checkpoint, is announced with it, and then marked as
 * announced. Until that mark nobody but its writer sees it: what a crash or a fenced owner left
 * behind is not a version.
 */
public interface VersionStore {

  /** Identifies the bean that is the trainer's store, also in a replica, which only reads it. */
  String TRAINERS = "trainers";

  /** The term of a store's only writer, such as a replica that keeps its own copies. */
  long SOLE_WRITER = Long.MAX_VALUE;

  /**
   * Writes a version whole, or not at all.
   *
   * @param number its number
   * @param term the owner's term; with it no two owners write to the same place
   * @param artifact fills its folder
   * @param describe makes the version from its files, once that is done
   * @throws IOException naming the folder and the space left
   */
  ModelVersion add(long number, long term, DurableFolder.Contents artifact, Description describe)
      throws IOException;

  /** Announced versions whose files are here, oldest first. */
  List<ModelVersion> list();

  /** The announced version of this number, where its files are here. */
  default Optional<ModelVersion> find(long number) {
    return list().stream().filter(version -> version.version() == number).findFirst();
  }

  /**
   * Announced versions whose files are here, but which nobody can describe any more: each names the
   * file and what is wrong with it. They are not in the list.
   */
  default List<String> damaged() {
    return List.of();
  }

  /** The newest of these, or the one that was rolled back to since. */
  Optional<ModelVersion> current();

  /**
   * Remembers a roll-back; a version of a higher number than those then given replaces it, and so
   * does what the owner of a later term remembers.
   *
   * @param term the owner's
   */
  void markCurrent(long term, RolledBack rolledBack) throws IOException;

  /** As the sole writer. */
  default void markCurrent(RolledBack rolledBack) throws IOException {
    markCurrent(SOLE_WRITER, rolledBack);
  }

  /** The highest number ever announced, pruned versions included; 0 before the first. */
  long lastNumber();

  /**
   * Remembers that the broker has the announcement. Does nothing the second time.
   *
   * @param term the owner's, which may be later than the version's
   */
  void markAnnounced(long term, ModelVersion version) throws IOException;

  /** As the sole writer. */
  default void markAnnounced(ModelVersion version) throws IOException {
    markAnnounced(SOLE_WRITER, version);
  }

  /**
   * Removes what was never announced. Only the owner, before its first version: what an earlier
   * owner left behind will not be announced any more.
   *
   * @param term the owner's: what is of this term or a later one stays
   */
  void removeUnannounced(long term) throws IOException;

  /** As the sole writer. */
  default void removeUnannounced() throws IOException {
    removeUnannounced(SOLE_WRITER);
  }

  /**
   * Deletes the files of versions that may go. One that cannot be deleted is logged and tried again
   * the next time. Nothing is deleted any more once the owner of a later term has written a
   * version: what may go is that one's to say.
   *
   * @param term the owner's
   * @param restorable numbers of versions that one can roll back to
   */
  void prune(long term, Retention retention, Set<Long> restorable) throws IOException;

  /** As the sole writer. */
  default void prune(Retention retention, Set<Long> restorable) throws IOException {
    prune(SOLE_WRITER, retention, restorable);
  }

  /** What became of a version, for whoever keeps a copy of its files. */
  Fate fate(VersionKey key);

  /** The folder of a version that {@link #add} writes or wrote. */
  Path folder(long number, long term);

  /** One file of an announced version, by the name listed with it; empty for any other name. */
  Optional<Path> file(long number, String name);

  /**
   * Compares every file with its hash.
   *
   * @throws IOException naming the file, what was expected and what was found
   */
  void verify(ModelVersion version) throws IOException;

  /** Makes a version of the files that were written. */
  @FunctionalInterface
  interface Description {
    /**
     * @param folder where they are until the version is in its place
     */
    ModelVersion of(Path folder, List<ArtifactFile> files) throws IOException;
  }

  /** What became of a version. */
  enum Fate {
    /** Announced, and not pruned. */
    KEPT,
    /** Announced, and pruned since. */
    PRUNED,
    /** Not announced: a later one of its number is, or its number is to come. */
    UNANNOUNCED,
    /** The store does not know: it was lost, or the version belongs to another. */
    UNKNOWN
  }
}
