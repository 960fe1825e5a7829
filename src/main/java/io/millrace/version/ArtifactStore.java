package io.millrace.version;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A place away from this machine from which others load a model's versions. The folder of {@link
 * VersionStore} stays the working copy, and says which versions there are. One thread at a time.
 */
public interface ArtifactStore {

  /**
   * Notes whose versions these are, where nobody has; of two that try at once the store lets one.
   *
   * @param cluster id of the Kafka cluster that they are announced on
   * @param accepted whether an operator wants it to take another's place
   * @throws IOException where they are another cluster's, naming both; or where it cannot be read
   */
  void claim(String cluster, boolean accepted) throws IOException;

  /**
   * Sends a version's files, those that are not there yet: one attempt, and each goes on where the
   * one before failed. Nobody may load the version before this returns.
   *
   * @param folder where the files are
   * @param files all of them
   * @return the URI of the folder there, for the announcement
   * @throws IOException naming what could not be sent, and why
   */
  String send(VersionKey key, Path folder, List<ArtifactFile> files) throws IOException;

  /** What was sent of this version will not be completed: the next of its key starts anew. */
  void abandon(VersionKey key);

  /** Versions of which anything is there, parts of unfinished files included. */
  List<Held> held() throws IOException;

  /** Removes all of a version, unfinished files included. */
  void remove(VersionKey key) throws IOException;

  /**
   * A version in the store.
   *
   * @param complete whether all its files are there
   */
  record Held(VersionKey key, boolean complete) {}
}
