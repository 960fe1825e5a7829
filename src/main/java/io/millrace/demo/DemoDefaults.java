package io.millrace.demo;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Turns the demo on in dev mode where no bootstrap servers are configured; and wherever the mail
 * stream is fed, knows its labels and a fitting length. Everything it sets ranks below {@code
 * application.properties}, the environment and the command line. Once the embedded broker runs, its
 * address is {@code kafka.bootstrap.servers}.
 */
public final class DemoDefaults implements ConfigSourceFactory {

  static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";

  /** Below application.properties (250), above the defaults in code. */
  private static final int ORDINAL = 200;

  private static final String FEED = "millrace.demo.feed";

  private static final Map<String, String> DEV =
      Map.of(
          "millrace.demo.broker",
          "true",
          FEED,
          "true",
          "millrace.topics.create",
          "true",
          "millrace.model.name",
          "mail",
          "millrace.store",
          ".millrace/store",
          // The demo lasts ten minutes: its versions are overdue sooner.
          "millrace.publication.freshness",
          "2m",
          // It feeds as fast as a laptop learns: replay would only make the first version wait.
          "millrace.replay.size",
          "0");

  private static final Map<String, String> MAIL =
      Map.of(
          "millrace.labels.names", "ham,spam",
          // Mails are long, and the first 64 tokens tell: a step costs less than half.
          "millrace.tokenize.max-length", "64");

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    boolean dev = context.getProfiles().contains("dev");
    Map<String, String> defaults = new HashMap<>();
    if (dev && value(context, BOOTSTRAP_SERVERS).isEmpty()) {
      defaults.putAll(DEV);
    }
    if (Boolean.parseBoolean(value(context, FEED).orElse(defaults.get(FEED)))) {
      defaults.putAll(MAIL);
    }
    return List.of(new Source(Map.copyOf(defaults)));
  }

  private static Optional<String> value(ConfigSourceContext context, String name) {
    return Optional.ofNullable(context.getValue(name))
        .filter(set -> set.getSourceOrdinal() > ORDINAL) // below are the defaults in code
        .map(ConfigValue::getValue);
  }

  /** Answers from the JVM property on each question: the broker starts after configuration. */
  private record Source(Map<String, String> defaults) implements ConfigSource {

    @Override
    public int getOrdinal() {
      return ORDINAL;
    }

    @Override
    public String getName() {
      return "Millrace demo defaults";
    }

    @Override
    public Map<String, String> getProperties() {
      Map<String, String> all = new HashMap<>(defaults);
      String broker = getValue(BOOTSTRAP_SERVERS);
      if (broker != null) {
        all.put(BOOTSTRAP_SERVERS, broker);
      }
      return all;
    }

    @Override
    public Set<String> getPropertyNames() {
      return getProperties().keySet();
    }

    @Override
    public String getValue(String name) {
      return name.equals(BOOTSTRAP_SERVERS)
          ? System.getProperty(DemoBroker.ADDRESS)
          : defaults.get(name);
    }
  }
}
