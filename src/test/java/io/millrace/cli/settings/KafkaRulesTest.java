package io.millrace.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

class KafkaRulesTest {

  private static final String INPUT = "mp.messaging.incoming.input.";
  private static final String TOKENS = "https://login.example.com/token";
  private static final Map<String, String> OAUTH =
      Map.of(
          "kafka.sasl.mechanism",
          "OAUTHBEARER",
          "kafka.sasl.oauthbearer.token.endpoint.url",
          TOKENS);

  private final Properties jvm = new Properties();

  @Test
  void theInputTakesTheClassicProtocolWhateverTheClientsDefaultIs() {
    assertThat(
            problems(
                Map.of("kafka.group.protocol", "consumer", INPUT + "group.protocol", "classic")))
        .isEmpty();
    assertThat(problems(Map.of(INPUT + "group.protocol", "Classic"))).isEmpty();
  }

  @Test
  void theConsumerProtocolIsRefusedForTheInputWithTheReason() {
    assertThat(problems(Map.of(INPUT + "group.protocol", "consumer")))
        .singleElement()
        .asString()
        .startsWith(INPUT + "group.protocol = consumer: must be classic. One instance owns all");
  }

  @Test
  void anAssignorOfTheBrokerIsRefusedAsKafkaItselfDoes() {
    Map<String, Object> client =
        Map.of(
            "bootstrap.servers", "localhost:1", "group.id", "g", "group.remote.assignor", "range");
    assertThatThrownBy(
            () ->
                new KafkaConsumer<>(
                    client, new ByteArrayDeserializer(), new ByteArrayDeserializer()))
        .hasStackTraceContaining("group.remote.assignor");

    assertThat(problems(Map.of("kafka.group.remote.assignor", "range")))
        .singleElement()
        .asString()
        .startsWith("kafka.group.remote.assignor = range: must not be set");
  }

  @Test
  void anAddressForTokensMustBeAmongThoseTheJvmWasStartedWithAsKafkaItselfAsks() {
    // Given what Kafka says
    Map<String, Object> client = new HashMap<>();
    OAUTH.forEach((name, value) -> client.put(name.substring("kafka.".length()), value));
    client.put("bootstrap.servers", "localhost:1");
    client.put("security.protocol", "SASL_PLAINTEXT");
    client.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
            + " clientId=\"a\" clientSecret=\"b\";");
    client.put(
        "sasl.login.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
    assertThatThrownBy(() -> Admin.create(client)).hasStackTraceContaining(KafkaRules.ALLOWED_URLS);

    // Then we say it with the remedy
    assertThat(problems(OAUTH))
        .containsExactly(
            "kafka.sasl.oauthbearer.token.endpoint.url = "
                + TOKENS
                + ": Kafka's clients use no address that the JVM was not started with. Add"
                + " -Dorg.apache.kafka.sasl.oauthbearer.allowed.urls="
                + TOKENS
                + " before -jar");

    // And nothing where it is
    jvm.setProperty(KafkaRules.ALLOWED_URLS, "https://other.example.com, " + TOKENS);
    assertThat(problems(OAUTH)).isEmpty();
  }

  @Test
  void otherMechanismsNeedNoAddress() {
    Map<String, String> scram = new HashMap<>(OAUTH);
    scram.put("kafka.sasl.mechanism", "SCRAM-SHA-512");

    assertThat(problems(scram)).isEmpty();
  }

  private Iterable<String> problems(Map<String, String> settings) {
    return KafkaRules.problems(settings::get, jvm);
  }
}
