package io.millrace.kafka;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** A replica has no channels: it neither reads examples nor writes metrics. */
public final class RoleDefaults implements ConfigSourceFactory {

  /** Above application.properties, 250: which channels there are is not for settings to say. */
  private static final int ORDINAL = 500;

  private static final Map<String, String> SERVE =
      Map.of(
          "mp.messaging.outgoing.metrics.enabled", "false",
          // It warns that nobody reads or writes them.
          "quarkus.log.category.\"io.smallrye.reactive.messaging.provider\".level", "ERROR");

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    boolean serves =
        Optional.ofNullable(context.getValue("millrace.role"))
            .filter(role -> "serve".equalsIgnoreCase(role.getValue()))
            .isPresent();
    return List.of(
        new PropertiesConfigSource(serves ? SERVE : Map.of(), "Millrace role defaults", ORDINAL));
  }
}
