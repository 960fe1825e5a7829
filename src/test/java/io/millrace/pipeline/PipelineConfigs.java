package io.millrace.pipeline;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The settings of a pipeline without the service around it. */
final class PipelineConfigs {

  private PipelineConfigs() {}

  /** Default settings but for these ({@code millrace.*}). */
  static PipelineConfig of(Map<String, String> values) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().withConverter(Duration.class, 100, new DurationConverter());
    PipelineConfig.MAPPINGS.forEach(builder::withMapping);
    Map<String, String> prefixed = new HashMap<>();
    values.forEach((name, value) -> prefixed.put("millrace." + name, value));
    return PipelineConfig.of(builder.withDefaultValues(prefixed).build(), "heldout");
  }
}
