package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.MailRun;
import io.millrace.testing.Right;
import io.millrace.testing.SecuredBroker;
import io.millrace.testing.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each right that training cannot do without is missing at start, or is withdrawn while the service
 * runs: it says which, ends within ten seconds of SIGTERM, and goes on by itself once the right is
 * there ({@code ./mvnw -Pfaults verify}).
 */
class MissingRights {

  private static final String TRAINER = "trainer";
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir private Path folder;

  private SecuredBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = new SecuredBroker(Files.createDirectories(folder.resolve("broker")), List.of(TRAINER));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"examples", "dead-letter", "commits", "group", "id"})
  void aRightThatIsMissingAtStart(String of) throws Exception {
    // Given
    String model = "no-right-" + of;
    TinyStream stream = stream(model);
    Right missing = needed(stream, model).get(of);
    broker.forbid(missing.rule());
    WaitingStates.feedInTheBackground(stream);

    // Then
    new WaitingState(stream, settings(stream), model)
        .check("", told(missing), () -> broker.allow(List.of(missing.rule())));
  }

  @Test
  void rightsThatAreWithdrawnWhileItRunsAndGivenBack() throws Exception {
    // Given
    TinyStream stream = stream("withdrawn");
    Path log = Files.createDirectories(Path.of("target", "faults")).resolve("withdrawn.log");
    Files.deleteIfExists(log);
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed(stream, enough));
    try (Service service = Service.start(settings(stream), log)) {
      for (Right right : needed(stream, "withdrawn").values()) {
        awaitGoingOn(stream, log);

        // When
        broker.forbid(right.rule());
        await("the problem with %s, see %s".formatted(right, log))
            .atMost(SOON)
            .until(() -> isTold(service, told(right)));
        broker.allow(List.of(right.rule()));

        // Then
        await("no problem with %s any more, see %s".formatted(right, log))
            .atMost(SOON)
            .until(() -> !isTold(service, told(right)));
      }
      awaitGoingOn(stream, log);
      enough.set(true);
      await("everything trained, see " + log)
          .atMost(SOON)
          .until(() -> feeding.isDone() && stream.isFinished(MailRun.training(service)));
      assertThat(feeding).isCompleted();
      assertThat(service.get("/api/v1/status").get("problems")).isEmpty();
      assertThat(service.stop()).isIn(0, 143);
    }
    Outcome.of(stream).assertWhole();
  }

  private TinyStream stream(String model) throws Exception {
    TinyStream stream =
        new TinyStream(model, 1, Files.createDirectories(folder.resolve(model)), broker.direct());
    broker.allow(rights(stream, model).map(Right::rule).toList());
    return stream;
  }

  private static Stream<Right> rights(TinyStream stream, String model) throws Exception {
    return Right.documented(stream::topic, model).stream()
        .filter(right -> right.user().equals(TRAINER));
  }

  /** Those without which nothing is read, or nothing committed. */
  private static Map<String, Right> needed(TinyStream stream, String model) throws Exception {
    Map<String, Right> found = new HashMap<>();
    rights(stream, model)
        .forEach(
            right -> {
              boolean writes = right.operation() == AclOperation.WRITE;
              switch (right.kind()) {
                case GROUP -> found.put("group", right);
                case TRANSACTIONAL_ID -> found.put("id", right);
                default ->
                    Stream.of("dead-letter", "commits", "examples")
                        .filter(name -> right.name().equals(stream.topic(name)))
                        .filter(name -> writes != name.equals("examples"))
                        .forEach(name -> found.put(name, right));
              }
            });
    assertThat(found).hasSize(5);
    return found;
  }

  /** What the problem names: Kafka's exception does not know the transactional id. */
  private static String told(Right right) {
    return right.kind() == ResourceType.TRANSACTIONAL_ID ? "its transactional id" : right.name();
  }

  private Map<String, String> settings(TinyStream stream) {
    Map<String, String> settings = stream.settings();
    settings.putAll(broker.settings(TRAINER, SecuredBroker.password(TRAINER)));
    return settings;
  }

  private static boolean isTold(Service service, String name) {
    for (JsonNode problem : service.get("/api/v1/status").get("problems")) {
      if (problem.get("cause").asText().contains(name)
          && problem.get("outlook").asText().equals("WAITS_FOR_OPERATOR")) {
        return true;
      }
    }
    return false;
  }

  private static void awaitGoingOn(TinyStream stream, Path log) {
    int before = stream.examples();
    await("commits to go on, see " + log)
        .atMost(SOON)
        .until(() -> stream.examples() > before + 4 * TinyStream.CHUNK);
  }

  private static void feed(TinyStream stream, AtomicBoolean enough) {
    try {
      stream.feed(examples -> !enough.get());
    } catch (InterruptedException | ExecutionException e) {
      throw new CompletionException(e);
    }
  }
}
