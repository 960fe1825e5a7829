package io.millrace.publication;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where published versions are kept. Any thread; one writer.
 *
 * <p>A version is written, then announced, then marked as announced. A crash in between leaves it
 * among {@link #unannounced()}: it is announced at least once, never lost, never renumbered.
 */
public interface VersionStore {

  /** The number that the next version gets: one more than ever given, pruned ones included. */
  long nextNumber();

  /**
   * Writes a version whole, or not at all.
   *
   * @param number its number
   * @param artifact fills its folder
   * @param describe makes the version from its files
   * @throws IOException naming the folder and the space left; the number is then free again
   * @throws IllegalArgumentException when the number is not the next
   */
  ModelVersion add(
      long number,
      DurableFolder.Contents artifact,
      Function<List<ArtifactFile>, ModelVersion> describe)
      throws IOException;

  /** Versions whose files are here, oldest first. */
  List<ModelVersion> list();

  /** The newest. */
  Optional<ModelVersion> current();

  /** Versions not known to be announced yet, oldest first. */
  List<ModelVersion> unannounced();

  /** Remembers that the broker has the announcement. */
  void markAnnounced(long version) throws IOException;

  /**
   * Deletes the files of all but the newest. The current version always stays, and so does one that
   * is not announced yet. One that cannot be deleted is logged and tried again the next time.
   *
   * @param keep how many stay; at least 1
   */
  void prune(int keep) throws IOException;

  /** The folder of a version. */
  Path folder(long version);

  /** One file of a version, by the name listed with it; empty for any other name. */
  Optional<Path> file(long version, String name);

  /**
   * Compares every file with its hash.
   *
   * @throws IOException naming the file, what was expected and what was found
   */
  void verify(ModelVersion version) throws IOException;
}
