package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.optim.TrainingSettings;
import io.millrace.replay.ReplaySettings;
import io.millrace.run.PipelineConfigs;
import io.millrace.tokenize.BatchSettings;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PipelineConfigTest {

  /** They say when to warn, and when a chunk closes, which is recorded for each chunk. */
  private static final Set<String> SHAPE_NOTHING =
      Set.of("training.grad-norm-spike-factor", "batch.chunk-max-wait");

  @Test
  void everySettingThatShapesTrainingIsInTheProvenance() {
    // Given every setting that has no default, too
    PipelineConfig config =
        PipelineConfigs.of(
            Map.of("training.max-steps", "100", "training.head-learning-rate", "0.001"));

    // When
    Set<String> recorded = config.shapingTraining().keySet();

    // Then
    Set<String> all =
        Stream.of(
                names("training", TrainingSettings.class),
                names("replay", ReplaySettings.class),
                names("batch", BatchSettings.class))
            .flatMap(names -> names)
            .filter(name -> !SHAPE_NOTHING.contains(name))
            .collect(Collectors.toSet());
    assertThat(recorded).containsAll(all);
  }

  @Test
  void listsAreTrimmedAndLabelsNormalised() {
    PipelineConfig config =
        PipelineConfigs.of(
            Map.of("labels.names", " neg, pos ,cafe\u0301", "drift.on-loss", " ALERT , REWARM"));

    assertThat(config.task().outputs().orElseThrow().names())
        .containsExactly("neg", "pos", "caf\u00e9");
    assertThat(config.drift().onLoss()).hasSize(2);
    assertThat(config.problems()).isEmpty();
  }

  @Test
  void labelsThatAreNoneAreToldWithSettingAndRule() {
    assertThat(PipelineConfigs.of(Map.of("labels.names", "neg," + "x".repeat(300))).problems())
        .singleElement()
        .asString()
        .startsWith("millrace.labels.names = neg,xxx")
        .endsWith(": number 2: \"label\" has 300 characters, the limit is 256")
        .hasSizeLessThan(300);
  }

  private static Stream<String> names(String prefix, Class<?> settings) {
    return Arrays.stream(settings.getDeclaredMethods())
        .map(Method::getName)
        .map(name -> prefix + "." + kebab(name));
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
