package io.millrace.version;

import io.millrace.storage.DurableFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One file of a published version.
 *
 * @param name its name within the version's folder: letters, digits, {@code . _ -}, no dot first
 * @param size bytes
 * @param sha256 lower-case hex
 */
public record ArtifactFile(String name, long size, String sha256) {

  /** Names come from announcements, too: none may lead out of the folder. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public ArtifactFile {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("\"" + name + "\" is no file name of an artifact");
    }
    if (size < 0 || !SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException(name + " has no possible size and sha256");
    }
  }

  /**
   * Compares a copy with this.
   *
   * @param folder where it is
   * @throws IOException naming the file, what was expected and what was found
   */
  void verify(Path folder) throws IOException {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      throw new IOException(path + " is missing");
    }
    if (Files.size(path) != size) {
      throw new IOException(
          "%s is damaged: expected %d bytes, found %d".formatted(path, size, Files.size(path)));
    }
    String found = DurableFolder.sha256(path);
    if (!found.equals(sha256)) {
      throw new IOException(
          "%s is damaged: expected sha256 %s, found %s".formatted(path, sha256, found));
    }
  }

  /** Compares all of a folder. */
  static void verify(Path folder, List<ArtifactFile> files) throws IOException {
    for (ArtifactFile file : files) {
      file.verify(folder);
    }
  }
}
