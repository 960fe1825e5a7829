package io.millrace.s3;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** The bucket that versions are sent to. Credentials are found as by any AWS SDK. */
@ConfigMapping(prefix = "millrace.artifacts.s3")
public interface S3Settings {

  /**
   * Bucket that versions are sent to before they are announced. Without one they stay in the store,
   * and are announced as files there.
   */
  Optional<
          @Pattern(
              regexp = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
              message = "must be 3 to 63 lower-case letters, digits, '.', '-'")
          String>
      bucket();

  /** Path before {@code MODEL/NUMBER-TERM/}, so that others can use the bucket, too. */
  @WithDefault("millrace")
  @Pattern(
      regexp = "([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?",
      message = "must be names of letters, digits, '.', '_', '-', with '/' between them")
  String prefix();

  /** Where the server is, as in {@code http://minio:9000}; by default AWS. */
  Optional<URI> endpoint();

  /** Region of the bucket; by default the SDK's own, or {@code us-east-1} with an endpoint. */
  Optional<String> region();

  /**
   * Whether the bucket is part of the path instead of the host's name: what most servers but AWS
   * need.
   */
  @WithDefault("false")
  boolean pathStyle();

  /**
   * Larger files are sent in parts of this size: a failure costs so much to send again, and so much
   * is on the heap meanwhile. S3 takes at most 10,000 parts of a file.
   *
   * <p>Unit: MiB.
   */
  @WithDefault("16")
  @Min(5)
  @Max(1024)
  int partMib();

  /** Longest silence of the server before a request is tried again. */
  @WithDefault("30s")
  @DurationMin(nanos = 1, message = "must be longer than 0")
  Duration timeout();
}
