package io.millrace.publication;

/**
 * One file of a published version.
 *
 * @param name its name within the version's folder
 * @param size bytes
 * @param sha256 lower-case hex
 */
public record ArtifactFile(String name, long size, String sha256) {}
