package io.millrace.kafka;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/** How to reach the broker, for clients outside the channels: the {@code kafka.*} settings. */
@ApplicationScoped
public class KafkaClientSettings {

  private static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";

  private final Map<String, Object> common;
  private final Config config;

  @Inject
  public KafkaClientSettings(
      @Identifier("default-kafka-broker") Map<String, Object> common, Config config) {
    this.common = common;
    this.config = config;
  }

  /** The addresses, as configured; Kafka's own default where they are not. */
  public String bootstrapServers() {
    return config.getOptionalValue(BOOTSTRAP_SERVERS, String.class).orElse("localhost:9092");
  }

  /** Client properties. */
  public Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>(common);
    properties.put("bootstrap.servers", bootstrapServers());
    properties.remove("group.protocol"); // none of these clients is in a group
    return properties;
  }

  /**
   * A copy for an admin client that fails where the brokers do not answer in time: whoever stops
   * the service waits for the call under way.
   */
  public static Map<String, Object> answeringWithin(Map<String, Object> client, int millis) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("default.api.timeout.ms", millis);
    settings.put("request.timeout.ms", millis);
    return settings;
  }
}
