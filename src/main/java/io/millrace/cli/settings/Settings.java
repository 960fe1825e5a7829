package io.millrace.cli.settings;

import io.millrace.config.InstanceSettings;
import io.millrace.config.PipelineConfig;
import io.millrace.demo.DemoSettings;
import io.millrace.kafka.ModelInputs;
import io.millrace.kafka.TopicSettings;
import io.millrace.s3.S3Settings;
import io.millrace.serving.model.ServingSettings;
import io.millrace.web.history.WebSettings;
import io.millrace.web.limits.LimitSettings;
import io.millrace.web.security.SecuritySettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The service's settings, from where the service has them, without the service. */
public final class Settings {

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

  private static final List<Class<?>> ALL =
      Stream.concat(PipelineConfig.MAPPINGS.stream(), SERVICE.stream()).toList();

  /** Both look at the mappings' methods, and a native executable does that when it is built. */
  private static final KnownSettings KNOWN = KnownSettings.of(ALL);

  private static final SettingRules RULES = new SettingRules(ALL);

  private final SmallRyeConfig config;

  private Settings(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Reads them.
   *
   * @throws WrongSettingsException naming each wrong setting, its value and the rule
   */
  public static Settings read() throws IOException {
    return read(Map.of());
  }

  /**
   * Reads them, but for some.
   *
   * @param given by full name; they win
   * @throws WrongSettingsException naming each wrong setting, its value and the rule
   */
  public static Settings read(Map<String, String> given) throws IOException {
    return read(given, System.getenv());
  }

  /**
   * Reads them.
   *
   * @param environment the variables whose names are checked; their values come from the process
   */
  public static Settings read(Map<String, String> given, Map<String, String> environment)
      throws IOException {
    SmallRyeConfigBuilder builder = builder(given);
    SmallRyeConfig unchecked = builder.build();
    ALL.forEach(builder::withMapping);
    builder.withValidator(RULES);
    List<SettingProblem> problems =
        new ArrayList<>(EnvironmentNames.problems(environment, KNOWN.names()));
    Optional<Settings> settings;
    try {
      settings = Optional.of(new Settings(builder.build()));
    } catch (ConfigValidationException e) {
      problems.addAll(SettingProblems.of(e, unchecked::getRawValue));
      settings = corrected(builder, problems);
    }
    List<String> lines = new ArrayList<>(problems.stream().map(SettingProblem::toString).toList());
    settings.map(Settings::rulesBroken).orElse(List.of()).stream()
        .filter(line -> problems.stream().noneMatch(problem -> line.contains(problem.setting())))
        .forEach(lines::add);
    if (!lines.isEmpty()) {
      throw new WrongSettingsException(lines.stream().sorted().toList());
    }
    return settings.orElseThrow();
  }

  private static SmallRyeConfigBuilder builder(Map<String, String> given) throws IOException {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addSystemSources()
            .withProfile("prod")
            .withConverter(Duration.class, 100, new DurationConverter())
            .withConverter(Boolean.class, 100, new StrictBoolean())
            .withSources(new PropertiesConfigSource(given, "given", WINS));
    URL defaults = Settings.class.getClassLoader().getResource(DEFAULTS);
    if (defaults != null) {
      builder.withSources(new PropertiesConfigSource(defaults, 250));
    }
    if (Files.exists(FILE)) {
      builder.withSources(new PropertiesConfigSource(FILE.toUri().toURL(), 260));
    }
    return builder;
  }

  /**
   * What they would be with defaults for the wrong ones: for the rules between the others. Empty
   * where an element of a list is wrong, which has no default.
   */
  private static Optional<Settings> corrected(
      SmallRyeConfigBuilder builder, List<SettingProblem> problems) {
    Map<String, String> defaults = new HashMap<>();
    for (SettingProblem problem : problems) {
      defaults.put(problem.setting(), KNOWN.defaultOf(problem.setting()));
    }
    builder
        .withDefaultValue(
            SmallRyeConfig.SMALLRYE_CONFIG_MAPPING_VALIDATE_UNKNOWN, Boolean.toString(false))
        .withSources(new PropertiesConfigSource(defaults, "defaults", WINS + 1));
    try {
      return Optional.of(new Settings(builder.build()));
    } catch (ConfigValidationException e) {
      return Optional.empty();
    }
  }

  /** Rules between settings that are broken. */
  private List<String> rulesBroken() {
    List<String> broken = new ArrayList<>(pipeline().problems());
    broken.addAll(TopicRules.problems(topics()));
    broken.addAll(
        KafkaRules.problems(
            name -> config.getOptionalValue(name, String.class).orElse(null),
            System.getProperties()));
    return broken;
  }

  public PipelineConfig pipeline() {
    return PipelineConfig.of(config, ModelInputs.of(topics()));
  }

  /** Any of the mappings. */
  <T> T mapping(Class<T> type) {
    return config.getConfigMapping(type);
  }

  public TopicSettings topics() {
    return config.getConfigMapping(TopicSettings.class);
  }

  /** What leads Kafka clients to the broker: the {@code kafka.*} settings. */
  public Map<String, Object> kafka() {
    Map<String, Object> client = new HashMap<>();
    client.put("bootstrap.servers", "localhost:9092");
    for (String name : config.getPropertyNames()) {
      if (name.startsWith("kafka.")) {
        config
            .getOptionalValue(name, String.class)
            .ifPresent(value -> client.put(name.substring("kafka.".length()), value));
      }
    }
    client.remove("group.protocol"); // none of these clients is in a group
    return client;
  }
}
