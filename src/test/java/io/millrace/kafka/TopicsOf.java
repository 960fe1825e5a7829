package io.millrace.kafka;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Topic settings for tests. */
public final class TopicsOf {

  private TopicsOf() {}

  /** The defaults, but for these names ({@code dead-letter}, {@code metrics}, …). */
  public static TopicSettings settings(Map<String, String> names) {
    SmallRyeConfigBuilder config = new SmallRyeConfigBuilder().withMapping(TopicSettings.class);
    names.forEach((name, topic) -> config.withDefaultValue("millrace.topics." + name, topic));
    return config.build().getConfigMapping(TopicSettings.class);
  }
}
