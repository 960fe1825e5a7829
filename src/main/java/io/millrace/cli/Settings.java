package io.millrace.cli;

import io.millrace.demo.DemoSettings;
import io.millrace.kafka.TopicSettings;
import io.millrace.pipeline.InstanceSettings;
import io.millrace.pipeline.PipelineConfig;
import io.millrace.s3.S3Settings;
import io.millrace.serving.ServingSettings;
import io.millrace.web.LimitSettings;
import io.millrace.web.SecuritySettings;
import io.millrace.web.WebSettings;
import io.quarkus.runtime.ImageMode;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.validator.BeanValidationConfigValidator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** The service's settings, from where the service has them, without the service. */
final class Settings {

  private static final String DEFAULTS = "application.properties";
  private static final int WINS = 1000; // over system properties, 400
  private static final Path FILE = Path.of("config", "application.properties");

  /** Mappings that the service has besides the pipeline's. */
  private static final List<Class<?>> SERVICE =
      List.of(
          InstanceSettings.class,
          TopicSettings.class,
          ServingSettings.class,
          S3Settings.class,
          WebSettings.class,
          SecuritySettings.class,
          LimitSettings.class,
          DemoSettings.class);

  private final SmallRyeConfig config;

  private Settings(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Reads them.
   *
   * @throws WrongSettingsException naming each wrong setting, its value and the rule
   */
  static Settings read() throws IOException {
    return read(Map.of());
  }

  /**
   * Reads them, but for some.
   *
   * @param given by full name; they win
   * @throws WrongSettingsException naming each wrong setting, its value and the rule
   */
  static Settings read(Map<String, String> given) throws IOException {
    return read(given, false);
  }

  /**
   * Checks those of the service, unknown names included.
   *
   * @throws WrongSettingsException naming each wrong setting, its value and the rule
   */
  static void check() throws IOException {
    Settings unused = read(Map.of(), true);
  }

  private static Settings read(Map<String, String> given, boolean strict) throws IOException {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addSystemSources()
            .withProfile("prod")
            .withDefaultValue(
                SmallRyeConfig.SMALLRYE_CONFIG_MAPPING_VALIDATE_UNKNOWN, Boolean.toString(strict))
            .withConverter(Duration.class, 100, new DurationConverter())
            .withSources(new PropertiesConfigSource(given, "given", WINS));
    URL defaults = Settings.class.getClassLoader().getResource(DEFAULTS);
    if (defaults != null) {
      builder.withSources(new PropertiesConfigSource(defaults, 250));
    }
    if (Files.exists(FILE)) {
      builder.withSources(new PropertiesConfigSource(FILE.toUri().toURL(), 260));
    }
    SmallRyeConfig unchecked = builder.build();
    PipelineConfig.MAPPINGS.forEach(builder::withMapping);
    SERVICE.forEach(builder::withMapping);
    if (ImageMode.current() == ImageMode.JVM) { // natively only Quarkus can make a validator
      builder.withValidator(new Rules());
    }
    Settings settings;
    try {
      settings = new Settings(builder.build());
    } catch (ConfigValidationException e) {
      throw new WrongSettingsException(SettingProblems.of(e, unchecked::getRawValue));
    }
    List<String> problems = settings.pipeline().problems();
    if (!problems.isEmpty()) {
      throw new WrongSettingsException(problems);
    }
    return settings;
  }

  PipelineConfig pipeline() {
    return PipelineConfig.of(config, topics().heldOut());
  }

  TopicSettings topics() {
    return config.getConfigMapping(TopicSettings.class);
  }

  /** Jakarta's constraints, without an expression language. */
  private static final class Rules implements BeanValidationConfigValidator {

    private final Validator validator =
        Validation.byDefaultProvider()
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();

    @Override
    public Validator getValidator() {
      return validator;
    }
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
