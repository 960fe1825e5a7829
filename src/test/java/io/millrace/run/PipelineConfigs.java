package io.millrace.run;

import io.millrace.config.PipelineConfig;
import io.millrace.input.InputTopics;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The settings of a pipeline without the service around it. */
public final class PipelineConfigs {

  private PipelineConfigs() {}

  /** Default settings but for these ({@code millrace.*}); no replay unless they ask for it. */
  public static PipelineConfig of(Map<String, String> values) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().withConverter(Duration.class, 100, new DurationConverter());
    PipelineConfig.MAPPINGS.forEach(builder::withMapping);
    Map<String, String> prefixed = new HashMap<>();
    // What idle time is used for depends on timing; a test that counts steps wants none of it.
    prefixed.put("millrace.replay.size", "0");
    prefixed.put("millrace.replay.passes", "1");
    values.forEach((name, value) -> prefixed.put("millrace." + name, value));
    return PipelineConfig.of(
        builder.withDefaultValues(prefixed).build(),
        new InputTopics("examples", "heldout", "retry"));
  }
}
