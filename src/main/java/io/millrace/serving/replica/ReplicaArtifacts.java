package io.millrace.serving.replica;

import io.millrace.serving.model.ServingSettings;
import io.millrace.version.ArtifactSource;
import io.millrace.version.ModelVersion;
import io.millrace.version.VerifiedArtifacts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a replica fetches versions from: where they are announced to be, or, of folders that it
 * does not see, from the trainer's REST interface.
 */
final class ReplicaArtifacts implements ArtifactSource {

  private final ArtifactSource announced;
  private final String url;
  private final VerifiedArtifacts overHttp;

  private ReplicaArtifacts(ArtifactSource announced, TrainerServer server) {
    this.announced = announced;
    this.url = server.url();
    this.overHttp = new VerifiedArtifacts(Map.of("http", server::open, "https", server::open));
  }

  /** As the settings want it. */
  static ArtifactSource of(ArtifactSource announced, ServingSettings settings) {
    return TrainerServer.of(settings)
        .<ArtifactSource>map(server -> new ReplicaArtifacts(announced, server))
        .orElse(announced);
  }

  @Override
  public Path fetch(ModelVersion version, Path into) throws IOException {
    return isElsewhere(version.artifact())
        ? overHttp.fetch(version, "%s/%d/files/".formatted(url, version.version()), into)
        : announced.fetch(version, into);
  }

  private static boolean isElsewhere(String artifact) {
    try {
      return artifact.startsWith("file:") && !Files.isDirectory(Path.of(URI.create(artifact)));
    } catch (IllegalArgumentException e) { // a URI with a host, or none at all
      return true;
    }
  }
}
