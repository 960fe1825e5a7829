package io.millrace.publication;

/** Temporary; the publication package brings its own. */
public final class VersionEvent {
  private VersionEvent() {}

  public static String json(ModelVersion version) {
    return "{\"id\":\"" + version.model() + "/" + version.version() + "\"}";
  }
}
