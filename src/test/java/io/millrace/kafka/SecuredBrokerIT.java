package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.faults.TinyStream;
import io.millrace.testing.SecuredBroker;
import io.millrace.testing.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service on a broker with TLS, passwords and rules: those of the README's table
 * suffice, each of them.
 */
class SecuredBrokerIT {

  private static final Path LOG = Path.of("target", "secured-it.log");
  private static final String MODEL = "secured";
  private static final int EXAMPLES = 64;
  private static final Pattern RULE =
      Pattern.compile(
          "^\\| (\\w+) \\| (topic|group|transactional id) `([\\w.-]+)` \\| ([\\w, ]+) \\|");

  @TempDir private static Path folder;
  private static SecuredBroker broker;
  private static TinyStream stream;

  @BeforeAll
  static void start() throws Exception {
    Files.deleteIfExists(LOG);
    broker =
        new SecuredBroker(
            Files.createDirectories(folder.resolve("broker")),
            List.of("trainer", "replica", "operator", "stranger"));
    stream = new TinyStream(MODEL, 1, folder, broker.direct());
    broker.allow(rules());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void theReadmesRulesSufficeToTrainPublishObeySearchAndServe() throws Exception {
    try (Service trainer = Service.start(settings("trainer"), LOG)) {
      // When
      stream.feed(sent -> sent < EXAMPLES);
      await("all to be trained")
          .atMost(Duration.ofMinutes(1))
          .until(() -> stream.isFinished(trainer.get("/api/v1/status").get("training")));
      trainer.post("/api/v1/control", "{\"id\": \"first\", \"command\": \"publish\"}");

      // Then it is published and refused, in transactions, and commands are obeyed
      await("a version")
          .atMost(Duration.ofSeconds(30))
          .until(() -> !trainer.get("/api/v1/versions").isEmpty());
      assertThat(stream.records("dead-letter")).hasSize((int) stream.bad());
      await("the answer").until(() -> metrics().contains("\"command\":\"first\""));

      // And the topics are searched
      JsonNode found = trainer.get("/api/v1/examples/" + stream.topic("examples") + "-0@17");
      assertThat(found.at("/records/0/outcome").asText()).isEqualTo("REFUSED");

      // And a replica reads the versions, and nothing else
      Map<String, String> settings = settings("replica");
      settings.put("millrace.role", "serve");
      settings.put("millrace.store", folder.resolve("replica").toString());
      try (Service replica = Service.start(settings, LOG)) {
        await("the version to be served")
            .atMost(Duration.ofSeconds(30))
            .until(() -> replica.get("/api/v1/status").hasNonNull("servedVersion"));
      }
      assertThat(trainer.log()).doesNotContain(SecuredBroker.password("trainer"));
    }
  }

  @Test
  void whoHasNoRightToIsNoOperator() throws Exception {
    send("operator", stream.topic("control"));
    assertThatThrownBy(() -> send("stranger", stream.topic("control")))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(AuthorizationException.class);
    assertThatThrownBy(() -> send("replica", stream.topic("versions")))
        .hasCauseInstanceOf(AuthorizationException.class);
  }

  @Test
  void aWrongPasswordIsToldByTheLogAndByReadiness() throws Exception {
    // Given
    Map<String, String> settings = settings("trainer");
    settings.putAll(broker.settings("trainer", "not-the-password"));
    settings.put("millrace.store", folder.resolve("wrong").toString());

    // When
    try (Service service = Service.launch(settings, LOG)) {
      // Then
      await("the reason")
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(
              () ->
                  service
                      .get("/q/health/ready")
                      .toString()
                      .contains("cannot be used: Authentication failed"));
      assertThat(service.log())
          .contains("cannot be used: Authentication failed")
          .doesNotContain("not-the-password");
    }
  }

  private static String metrics() {
    StringBuilder all = new StringBuilder();
    stream.records("metrics").forEach(record -> all.append(new String(record.value(), UTF_8)));
    return all.toString();
  }

  private static void send(String user, String topic) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            broker.client(user, SecuredBroker.password(user)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(topic, "another-model".getBytes(UTF_8), new byte[0]))
          .get();
    }
  }

  private static Map<String, String> settings(String user) {
    Map<String, String> settings = stream.settings();
    settings.putAll(broker.settings(user, SecuredBroker.password(user)));
    return settings;
  }

  /** Those of the README, with this test's names. */
  private static List<AclBinding> rules() throws Exception {
    List<AclBinding> rules = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      Matcher rule = RULE.matcher(line);
      if (rule.find()) {
        String name =
            rule.group(2).equals("topic")
                ? stream.topic(rule.group(3).replace("millrace.", ""))
                : rule.group(3).replace("MODEL", MODEL);
        ResourcePattern resource =
            new ResourcePattern(
                ResourceType.fromString(rule.group(2).replace(' ', '_')),
                name,
                PatternType.LITERAL);
        Arrays.stream(rule.group(4).split(", "))
            .map(
                operation ->
                    new AccessControlEntry(
                        "User:" + rule.group(1),
                        "*",
                        SecurityUtils.operation(operation),
                        AclPermissionType.ALLOW))
            .forEach(entry -> rules.add(new AclBinding(resource, entry)));
      }
    }
    assertThat(rules).hasSizeGreaterThan(10);
    return rules;
  }
}
