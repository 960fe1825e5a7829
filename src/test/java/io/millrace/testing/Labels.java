package io.millrace.testing;

import io.millrace.input.LabelSettings;
import io.millrace.task.Task;
import io.millrace.task.Tasks;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Single-label classification under default settings. */
public final class Labels {

  public static final Task TASK = task(Map.of());

  private Labels() {}

  /** With other settings, by {@code millrace.labels.NAME}. */
  public static Task task(Map<String, String> settings) {
    SmallRyeConfigBuilder config = new SmallRyeConfigBuilder().withMapping(LabelSettings.class);
    settings.forEach((name, value) -> config.withDefaultValue("millrace.labels." + name, value));
    return Tasks.named("label", config.build().getConfigMapping(LabelSettings.class));
  }
}
