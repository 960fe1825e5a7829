package io.millrace.pipeline;

import io.millrace.checkpoint.CheckpointSettings;
import io.millrace.evaluation.EvaluationSettings;
import io.millrace.example.ExampleSettings;
import io.millrace.example.LabelSettings;
import io.millrace.model.ModelSettings;
import io.millrace.publication.PublicationSettings;
import io.millrace.tokenize.BatchSettings;
import io.millrace.tokenize.TokenizeSettings;
import io.millrace.training.ReplaySettings;
import io.millrace.training.TrainingSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The settings of a pipeline without the service around it. */
final class PipelineConfigs {

  private PipelineConfigs() {}

  /** Default settings but for these ({@code millrace.*}). */
  static PipelineConfig of(Map<String, String> values) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().withConverter(Duration.class, 100, new DurationConverter());
    for (Class<?> mapping :
        List.of(
            ModelSettings.class,
            LabelSettings.class,
            ExampleSettings.class,
            TokenizeSettings.class,
            BatchSettings.class,
            TrainingSettings.class,
            ReplaySettings.class,
            EvaluationSettings.class,
            PublicationSettings.class,
            CheckpointSettings.class,
            PipelineSettings.class)) {
      builder.withMapping(mapping);
    }
    Map<String, String> prefixed = new HashMap<>();
    values.forEach((name, value) -> prefixed.put("millrace." + name, value));
    SmallRyeConfig config = builder.withDefaultValues(prefixed).build();
    return new PipelineConfig(
        config.getConfigMapping(ModelSettings.class),
        config.getConfigMapping(LabelSettings.class),
        config.getConfigMapping(ExampleSettings.class),
        config.getConfigMapping(TokenizeSettings.class),
        config.getConfigMapping(BatchSettings.class),
        config.getConfigMapping(TrainingSettings.class),
        config.getConfigMapping(ReplaySettings.class),
        config.getConfigMapping(EvaluationSettings.class),
        config.getConfigMapping(PublicationSettings.class),
        config.getConfigMapping(CheckpointSettings.class),
        config.getConfigMapping(PipelineSettings.class),
        "heldout");
  }
}
