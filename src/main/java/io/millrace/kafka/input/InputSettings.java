package io.millrace.kafka.input;

import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.ModelInputs;
import io.millrace.kafka.TopicSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.Config;

/** The settings of the consumer of examples: {@code mp.messaging.incoming.input.*}. */
@ApplicationScoped
class InputSettings {

  private static final String PREFIX = "mp.messaging.incoming.input.";

  /** Of the messaging library, as all with a hyphen are; Kafka's own have none. */
  private static final Set<String> NOT_KAFKAS =
      Set.of("connector", "topics", "topic", "enabled", "retry", "batch", "pausable", "broadcast");

  private final Map<String, Object> client;
  private final List<String> topics;

  @Inject
  InputSettings(KafkaClientSettings kafka, TopicSettings topics, Config config) {
    this(of(kafka, config), ModelInputs.of(topics).all());
  }

  /**
   * @param client properties of the consumer
   */
  InputSettings(Map<String, Object> client, List<String> topics) {
    this.client = Map.copyOf(client);
    this.topics = List.copyOf(topics);
  }

  private static Map<String, Object> of(KafkaClientSettings kafka, Config config) {
    Map<String, Object> client = new HashMap<>(kafka.properties());
    for (String name : config.getPropertyNames()) {
      if (name.startsWith(PREFIX) && isKafkas(name.substring(PREFIX.length()))) {
        config
            .getOptionalValue(name, String.class)
            .ifPresent(value -> client.put(name.substring(PREFIX.length()), value));
      }
    }
    client.putIfAbsent("client.id", "millrace-input");
    client.remove("key.deserializer");
    client.remove("value.deserializer");
    return client;
  }

  static boolean isKafkas(String name) {
    return !name.contains("-") && !NOT_KAFKAS.contains(name);
  }

  Map<String, Object> client() {
    return client;
  }

  List<String> topics() {
    return topics;
  }
}
