package io.millrace.s3;

import io.millrace.version.ArtifactSource;
import io.millrace.version.ArtifactStore;
import io.millrace.version.VerifiedArtifacts;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** The bucket as the settings have it. */
@ApplicationScoped
public class S3Artifacts {

  private static final int MIB = 1 << 20;

  private final S3Settings settings;
  private final String model;
  private S3Client client;

  @Inject
  S3Artifacts(S3Settings settings, @ConfigProperty(name = "millrace.model.name") String model) {
    this.settings = settings;
    this.model = model;
  }

  /**
   * Where versions are sent; empty where no bucket is set.
   *
   * @throws IllegalArgumentException where no client can be made of the settings
   */
  @Produces
  @Singleton
  public Optional<ArtifactStore> store() {
    return settings
        .bucket()
        .map(
            bucket ->
                new S3ArtifactStore(
                    client(),
                    S3Location.of(bucket, settings.prefix(), model),
                    settings.partMib() * MIB));
  }

  /** Where versions are fetched from, whether or not a bucket is set. */
  @Produces
  @Singleton
  public ArtifactSource source() {
    return new VerifiedArtifacts(Map.of("s3", this::open));
  }

  private InputStream open(URI file) throws IOException {
    try {
      return client()
          .getObject(
              request -> request.bucket(file.getAuthority()).key(file.getPath().substring(1)));
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private synchronized S3Client client() {
    if (client == null) { // only where it is needed: it takes a while
      try {
        client = S3Clients.of(settings);
      } catch (SdkException | NullPointerException e) { // the latter of an endpoint without scheme
        throw new IllegalArgumentException(
            "millrace.artifacts.s3.* name no server: " + e.getMessage(), e);
      }
    }
    return client;
  }

  @PreDestroy
  synchronized void close() {
    if (client != null) {
      client.close();
    }
  }
}
