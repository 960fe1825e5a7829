package io.millrace.serving;

import io.millrace.publication.ArtifactSource;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.VerifiedArtifacts;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Where a replica fetches versions from: where they are announced to be, or, of folders that it
 * does not see, from the trainer's REST interface.
 */
final class ReplicaArtifacts implements ArtifactSource {

  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final ArtifactSource announced;
  private final String url;
  private final Optional<String> key;
  private final VerifiedArtifacts overHttp =
      new VerifiedArtifacts(Map.of("http", this::open, "https", this::open));

  private ReplicaArtifacts(ArtifactSource announced, String url, Optional<String> key) {
    this.announced = announced;
    this.url = url.replaceFirst("/+$", "");
    this.key = key;
  }

  /** As the settings want it. */
  static ArtifactSource of(ArtifactSource announced, ServingSettings settings) {
    return settings
        .artifactsUrl()
        .<ArtifactSource>map(url -> new ReplicaArtifacts(announced, url, settings.downloadKey()))
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

  /** By the JDK's older client, for its timeout ends a silence within the body, too. */
  private InputStream open(URI file) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) file.toURL().openConnection();
    connection.setConnectTimeout((int) SILENCE.toMillis());
    connection.setReadTimeout((int) SILENCE.toMillis());
    connection.setInstanceFollowRedirects(false); // the key is for this server
    key.ifPresent(known -> connection.setRequestProperty("Authorization", "Bearer " + known));
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      connection.disconnect();
      throw new IOException("the server answers " + status);
    }
    return connection.getInputStream();
  }
}
