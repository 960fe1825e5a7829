package io.millrace.version;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Gets a version's files from where its announcement says they are ({@code file:} or {@code s3:}).
 * Blocks; any thread, but one at a time for the same folder.
 */
public interface ArtifactSource {

  /**
   * Fetches all files, each compared with its announced size and sha256. The folder is there whole
   * or not at all; one that is there already is verified and not fetched again.
   *
   * @param into the folder that gets a folder {@code NUMBER-TERM} with the files
   * @return that folder; the caller's to remove
   * @throws IOException naming the file, and what was expected and found, or why it cannot be read
   */
  Path fetch(ModelVersion version, Path into) throws IOException;
}
