package io.millrace.publication;

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
}
