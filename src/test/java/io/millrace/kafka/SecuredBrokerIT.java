package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.faults.TinyStream;
import io.millrace.testing.Brokers;
import io.millrace.testing.Right;
import io.millrace.testing.SecuredBroker;
import io.millrace.testing.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service on a broker with TLS, passwords (SCRAM) and rules: those of the documents'
 * table suffice, and none can be left out.
 */
class SecuredBrokerIT {

  private static final Path LOG = Path.of("target", "secured-it.log");
  private static final String MODEL = "secured";
  private static final int EXAMPLES = 64;
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
    List<Right> rights = Right.documented(stream::topic, MODEL);
    assertThat(rights).hasSizeGreaterThan(10);
    broker.allow(rights.stream().map(Right::rule).toList());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void theDocumentedRulesSufficeToTrainPublishObeySearchAndServe() throws Exception {
    Map<String, String> asTrainer = settings("trainer");
    // As a cluster's defaults for all may have it: the input keeps to the protocol that it needs.
    asTrainer.put("kafka.group.protocol", "consumer");
    asTrainer.put("millrace.security.admin-keys", "on-call:" + Service.ADMIN_KEY);
    try (Service trainer = Service.start(asTrainer, LOG)) {
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
      JsonNode answer = trainer.get("/api/v1/control/first");
      assertThat(answer.get("outcome").asText()).isEqualTo("done");
      assertThat(answer.get("by").asText()).isEqualTo("on-call");

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
  void withoutAnyOneOfTheDocumentedRulesWhatItIsForFails() throws Exception {
    // Given the same rules for topics that nobody trains on
    Map<String, String> topics = new HashMap<>();
    List<Right> rights =
        Right.documented(
            name ->
                topics.computeIfAbsent(name, absent -> broker.direct().topic(absent, 1, Map.of())),
            "nobody");
    broker.allow(rights.stream().map(Right::rule).toList());
    try (Producer<byte[], byte[]> producer = broker.direct().producer()) {
      topics
          .values()
          .forEach(topic -> Brokers.send(producer, new ProducerRecord<>(topic, new byte[1])));
    }
    for (Right right : rights) {
      Map<String, Object> client =
          broker.client(right.user(), SecuredBroker.password(right.user()));
      await(right + " to hold")
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .untilAsserted(() -> right.use(client));

      // When
      broker.forbid(right.rule());

      // Then
      await(right + " to be missed")
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> right.use(client))
                      .satisfiesAnyOf(
                          e -> assertThat(e).isInstanceOf(AuthorizationException.class),
                          e -> assertThat(e).hasCauseInstanceOf(AuthorizationException.class)));
      broker.allow(List.of(right.rule()));
    }
  }

  @Test
  void certificatesRenewedOnDiskAreTakenByAClientThatRuns() throws Exception {
    // Given a client that trusts another certificate than the broker's
    Path trusted = SecuredBroker.certificate(folder.resolve("before.p12"));
    Map<String, Object> client =
        new HashMap<>(broker.client("operator", SecuredBroker.password("operator")));
    Path renewed = Path.of(client.get("ssl.truststore.location").toString());
    client.put("ssl.truststore.location", trusted.toString());
    client.put("ssl.engine.factory.class", RenewedCertificates.class.getName());
    try (Admin admin = Admin.create(client)) {
      assertThatThrownBy(() -> admin.describeCluster().nodes().get())
          .hasCauseInstanceOf(SslAuthenticationException.class);

      // When its file is broken, it goes on with what it has read
      Files.writeString(trusted, "half written");
      assertThatThrownBy(() -> admin.describeCluster().nodes().get())
          .hasCauseInstanceOf(SslAuthenticationException.class);

      // And when the broker's certificate takes its place
      Files.copy(renewed, trusted, StandardCopyOption.REPLACE_EXISTING);

      // Then the same client connects
      await("the renewed certificate to be used")
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(() -> admin.describeCluster().nodes().get().size() == 1);
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
                      .contains("the brokers do not let this user in: Authentication failed"));
      assertThat(service.log())
          .contains("the brokers do not let this user in: Authentication failed")
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
}
