package io.millrace.cli;

import io.millrace.kafka.TopicSettings;
import io.millrace.pipeline.PipelineConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The service's settings, from where the service has them, without the service. */
final class Settings {

  private static final String DEFAULTS = "application.properties";
  private static final int WINS = 1000; // over system properties, 400
  private static final Path FILE = Path.of("config", "application.properties");

  private final SmallRyeConfig config;

  private Settings(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Reads them.
   *
   * @throws RuntimeException naming each wrong setting
   */
  static Settings read() throws IOException {
    return read(Map.of());
  }

  /**
   * Reads them, but for some.
   *
   * @param given by full name; they win
   * @throws RuntimeException naming each wrong setting
   */
  static Settings read(Map<String, String> given) throws IOException {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addSystemSources()
            .withProfile("prod")
            // Those of web and serving have mappings that no command needs.
            .withDefaultValue(SmallRyeConfig.SMALLRYE_CONFIG_MAPPING_VALIDATE_UNKNOWN, "false")
            .withConverter(Duration.class, 100, new DurationConverter())
            .withSources(new PropertiesConfigSource(given, "given", WINS));
    URL defaults = Settings.class.getClassLoader().getResource(DEFAULTS);
    if (defaults != null) {
      builder.withSources(new PropertiesConfigSource(defaults, 250));
    }
    if (Files.exists(FILE)) {
      builder.withSources(new PropertiesConfigSource(FILE.toUri().toURL(), 260));
    }
    PipelineConfig.MAPPINGS.forEach(builder::withMapping);
    builder.withMapping(TopicSettings.class);
    return new Settings(builder.build());
  }

  PipelineConfig pipeline() {
    return PipelineConfig.of(config, topics().heldOut());
  }

  TopicSettings topics() {
    return config.getConfigMapping(TopicSettings.class);
  }

  /** What leads Kafka clients to the broker: the {@code kafka.*} settings. */
  Map<String, Object> kafka() {
    Map<String, Object> client = new HashMap<>();
    client.put("bootstrap.servers", "localhost:9092");
    for (String name : config.getPropertyNames()) {
      if (name.startsWith("kafka.")) {
        config
            .getOptionalValue(name, String.class)
            .ifPresent(value -> client.put(name.substring("kafka.".length()), value));
      }
    }
    return client;
  }
}
