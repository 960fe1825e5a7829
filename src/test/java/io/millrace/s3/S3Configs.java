package io.millrace.s3;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Settings of a bucket without the service around it. */
final class S3Configs {

  private S3Configs() {}

  /** Default settings but for these ({@code millrace.artifacts.s3.*}). */
  static S3Settings of(Map<String, String> values) {
    Map<String, String> prefixed = new HashMap<>();
    values.forEach((name, value) -> prefixed.put("millrace.artifacts.s3." + name, value));
    return new SmallRyeConfigBuilder()
        .withConverter(Duration.class, 100, new DurationConverter())
        .withMapping(S3Settings.class)
        .withDefaultValues(prefixed)
        .build()
        .getConfigMapping(S3Settings.class);
  }
}
