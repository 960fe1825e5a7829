package io.millrace.s3;

import io.millrace.version.ArtifactSource;
import java.util.Map;

/** The way back from a bucket, for tests of other packages. */
public final class S3Sources {

  private S3Sources() {}

  /**
   * @param settings {@code millrace.artifacts.s3.*}, without that prefix
   */
  public static ArtifactSource of(Map<String, String> settings) {
    return new S3Artifacts(S3Configs.of(settings), "any").source();
  }
}
