package io.millrace.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.faults.TinyStream;
import io.millrace.testing.Messages;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service with a tiny model, which had two versions published and one taken back: what
 * is on its topics, and what the example {@code FollowVersions} makes of it.
 */
class ContractIT {

  private static final String MODEL = "contract";
  private static final int EXAMPLES = 96;
  private static final Path LOG = Path.of("target", "contract-it.log");
  private static final String DOWNLOAD_KEY = "may-download-and-no-more";
  private static final Map<String, String> KEY = Map.of("DOWNLOAD_KEY", DOWNLOAD_KEY);

  @TempDir private static Path folder;
  private static TinyStream stream;
  private static Service service;

  @BeforeAll
  static void run() throws Exception {
    Files.deleteIfExists(LOG);
    stream = new TinyStream(MODEL, 1, folder);
    Map<String, String> settings = stream.settings();
    settings.put("millrace.security.download-keys", DOWNLOAD_KEY);
    service = Service.start(settings, LOG);
    stream.feed(sent -> sent < EXAMPLES);
    await("all to be trained")
        .atMost(Duration.ofMinutes(1))
        .until(() -> stream.isFinished(service.get("/api/v1/status").get("training")));
    command("publish", "");
    command("publish", "");
    command("roll-back", ", \"version\": 1, \"data\": \"replay\"");
    command("pause", "");
    command("resume", "");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void versionsFollowTheContract() {
    assertThat(Messages.versions(MODEL, stream.records("versions")))
        .containsOnly(VersionEvent.TYPE, RolledBack.TYPE, "io.millrace.trainer.started");
  }

  @Test
  void metricsFollowTheContract() {
    assertThat(Messages.metrics(MODEL, stream.records("metrics")))
        .contains("step", "chunk", "evaluation", "command");
  }

  @Test
  void deadLettersFollowTheContract() {
    List<ConsumerRecord<byte[], byte[]>> letters = stream.records("dead-letter");
    assertThat(letters).hasSize((int) stream.bad());
    assertThat(Messages.deadLetters(letters)).containsOnly("UNKNOWN_LABEL");
  }

  @Test
  void commandsFollowTheContract() {
    Messages.commands(MODEL, stream.records("control"));
  }

  @Test
  void examplesFollowTheContract() {
    Messages.examples(stream.records("examples"));
    Messages.examples(stream.records("heldout"));
  }

  @Test
  void theServiceHandsOutTheSchemas() {
    JsonNode names = service.get("/api/v1/schemas");
    assertThat(names).hasSizeGreaterThan(7);
    assertThat(service.get("/api/v1/schemas/version-published.schema.json").get("$id").asText())
        .isEqualTo(VersionEvent.DATA_SCHEMA);
    assertThat(service.get("/api/v1/schemas/no-such.json").get("status").asInt()).isEqualTo(404);
  }

  @Test
  void theFollowerHasEachVersionWholeOnceItIsCurrent() throws Exception {
    // Given versions of which an earlier one is the current one again
    Path here = folder.resolve("here");
    long current = current();
    try (FollowerProcess follower = start(KEY, here, versions(), service.url("/api/v1/versions"))) {
      // Then it is fetched, and no other
      follower.awaitLine("version " + current + " is ready in " + folder(here, current));
      assertThat(follower.output()).containsOnlyOnce(" is ready in ");
      assertSame(here, current);

      // And when the next is published
      long next = publish();

      // Then so is that
      follower.awaitLine("version " + next + " is ready in " + folder(here, next));
      assertSame(here, next);
    }
  }

  @Test
  void theReadmesFollowerRefusesADamagedFileAndTakesTheVersionOnceItIsWhole() throws Exception {
    // Given a damaged file behind the artifact's own URI
    long last = publish();
    Path weights = artifact(last).resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    byte[] damaged = whole.clone();
    damaged[damaged.length - 1] ^= 1;
    Files.write(weights, damaged);
    Path there = folder.resolve("there");
    try (FollowerProcess follower = start(KEY, there, versions())) {
      // Then it refuses the version
      follower.awaitLine("version " + last + " is refused, and tried again: ");
      assertThat(follower.output()).contains("model.safetensors is damaged: ");
      assertThat(folder(there, last)).doesNotExist();

      // And takes it when it is whole
      Files.write(weights, whole);
      follower.awaitLine("version " + last + " is ready in ");
      assertSame(there, last);
    }
  }

  @Test
  void theFollowerWaitsForItsTopicAndPassesOverWhatOthersWriteThere() throws Exception {
    // Given a topic that is not there yet
    String topic = "shared-" + stream.topic("versions");
    Path to = folder.resolve("patient");
    try (FollowerProcess follower = start(KEY, to, topic)) {
      follower.awaitLine("no topic " + topic + " yet");

      // When it is made, with several partitions, and other models damage theirs
      try (Admin admin = Admin.create(TestBroker.client())) {
        admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
      }
      long current;
      try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
        for (int partition = 0; partition < 3; partition++) {
          for (String key : new String[] {null, "another"}) {
            for (String value : new String[] {null, "no JSON", "[]", "{\"data\": 1}"}) {
              send(producer, topic, partition, key, value);
            }
          }
        }
        send(producer, topic, 2, MODEL, null);
        for (ConsumerRecord<byte[], byte[]> event : stream.records("versions")) {
          TestBroker.send(producer, new ProducerRecord<>(topic, 2, event.key(), event.value()));
        }
        current = current();
      }

      // Then it has the version that is current
      follower.awaitLine("version " + current + " is ready in " + folder(to, current));
      assertSame(to, current);
    }
  }

  private static void send(
      Producer<byte[], byte[]> producer, String topic, int partition, String key, String value) {
    TestBroker.send(producer, new ProducerRecord<>(topic, partition, bytes(key), bytes(value)));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  @Test
  void withoutACredentialTheFollowerGetsNothingFromTheService() throws Exception {
    Path nowhere = folder.resolve("nowhere");
    try (FollowerProcess follower =
        start(Map.of(), nowhere, versions(), service.url("/api/v1/versions"))) {
      follower.awaitLine("Server returned HTTP response code: 401");
      assertThat(follower.output()).doesNotContain("is ready");
    }
  }

  private static FollowerProcess start(
      Map<String, String> environment, Path to, String topic, String... url) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of(TestBroker.address(), topic, MODEL, to.toString()));
    arguments.addAll(List.of(url));
    return FollowerProcess.start(folder.resolve("classes"), environment, arguments);
  }

  private static String versions() {
    return stream.topic("versions");
  }

  /** Where the follower puts a version. */
  private static Path folder(Path to, long version) {
    ModelVersion announced = announced(version);
    return to.resolve("version-" + version + "-" + announced.term());
  }

  private static void assertSame(Path copies, long version) throws IOException {
    Map<String, byte[]> files = files(artifact(version));
    assertThat(files).containsKeys("config.json", "model.safetensors", "tokenizer.json");
    assertThat(files(folder(copies, version))).usingRecursiveComparison().isEqualTo(files);
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private static Path artifact(long version) {
    return Path.of(URI.create(announced(version).artifact()));
  }

  private static ModelVersion announced(long version) {
    return announced().stream().filter(one -> one.version() == version).findFirst().orElseThrow();
  }

  private static List<ModelVersion> announced() {
    return stream.records("versions").stream()
        .flatMap(record -> VersionEvent.ifPublished(new String(record.value(), UTF_8)).stream())
        .toList();
  }

  private static long current() {
    return service.get("/api/v1/status").at("/training/currentVersion").asLong();
  }

  private static long publish() throws IOException {
    command("publish", "");
    List<ModelVersion> announced = announced();
    return announced.get(announced.size() - 1).version();
  }

  /** Returns when it was obeyed. */
  private static void command(String name, String more) throws IOException {
    int before = outcomes().size();
    service.post("/api/v1/control", "{\"command\": \"%s\"%s}".formatted(name, more));
    await("an answer to " + name)
        .atMost(Duration.ofMinutes(1))
        .until(() -> outcomes().size() > before);
    assertThat(outcomes()).containsOnly("done");
  }

  private static List<String> outcomes() throws IOException {
    return stream.events("metrics").stream()
        .filter(record -> record.get("type").asText().equals("command"))
        .map(record -> record.get("outcome").asText())
        .toList();
  }
}
