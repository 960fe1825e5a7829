package io.millrace.mutation;

import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.example.RecordPosition;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The packaged service on mutated records: their labels learned and grown, killed once on the way.
 * A segment is sent once the one before it is read, so that the order of labels is the records'.
 */
public final class MutationRun {

  /** Behind this segment's beginning the service is killed. */
  private static final int KILLED_IN = 2;

  private static final String FOREVER = Long.toString(Long.MAX_VALUE);

  /** The broker takes any timestamp, keeps all, and begins no segment for the sake of one. */
  private static final Map<String, String> ANY_TIME =
      Map.of(
          "message.timestamp.after.max.ms", FOREVER,
          "retention.ms", "-1",
          "segment.ms", FOREVER);

  private final MutatedRecords records;
  private final Base base;
  private final String model;
  private final Path folder;
  private final Path log;
  private final Map<String, String> topics = new HashMap<>();
  private final Map<RecordPosition, MutatedRecord> positions;
  private long sent;

  /**
   * @param records a set of them
   * @param folder of base and store
   */
  private MutationRun(MutatedRecords records, Base base, Path folder) throws IOException {
    this.records = records;
    this.base = base;
    this.folder = folder;
    this.model = "mutated-" + base + "-" + records.records().size();
    this.log = Files.createDirectories(Path.of("target", "mutated")).resolve(model + ".log");
    Files.deleteIfExists(log);
    topics.put("examples", TestBroker.topic("examples", 2, ANY_TIME));
    topics.put("heldout", TestBroker.topic("heldout", 1, ANY_TIME));
    for (String name :
        List.of("versions", "metrics", "dead-letter", "control", "commits", "retry")) {
      topics.put(name, TestBroker.topic(name, 1));
    }
    base.write(folder.resolve("base"));
    this.positions = records.positions(topics);
  }

  /**
   * The selection over every base at once: what they wait for, they wait for together.
   *
   * @param folder of bases and stores
   */
  static void ofSelection(Path folder) {
    MutatedRecords selection = MutatedRecords.selection();
    ExecutorService threads = Executors.newFixedThreadPool(Base.values().length);
    try {
      List<CompletableFuture<Void>> runs = new ArrayList<>();
      for (Base base : Base.values()) {
        runs.add(
            CompletableFuture.runAsync(
                () -> {
                  try {
                    new MutationRun(selection, base, folder.resolve(base.toString())).run(16);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                },
                threads));
      }
      CompletableFuture.allOf(runs.toArray(CompletableFuture[]::new)).join();
    } finally {
      threads.shutdown();
    }
  }

  /** All of them. */
  public static void ofAll(Base base, Path folder) throws IOException {
    new MutationRun(MutatedRecords.all(), base, folder).run(1024);
  }

  /**
   * Feeds them and compares each record's outcome with what was computed beforehand.
   *
   * @param evaluatedEvery examples trained between two evaluations
   */
  private void run(int evaluatedEvery) throws IOException {
    Map<String, String> settings = settings(evaluatedEvery);

    // Given a service that learns its labels from the stream, publishes, and dies while it trains
    try (Service service = Service.start(settings, log)) {
      for (int segment = 0; segment < KILLED_IN; segment++) {
        send(segment);
        awaitRead(service, sent);
      }
      assertThat(meter(service, "millrace_replaced_timestamps_total"))
          .isEqualTo(
              records.records().stream()
                  .filter(record -> record.segment() < KILLED_IN && record.is("replaced"))
                  .count());
      publish(service, announced -> !announced.isEmpty());
      long before = sent;
      send(KILLED_IN);
      awaitRead(service, before + 1);
      service.kill();
    }

    // When another goes on to the end, and publishes again
    List<String> labels = records.labels().get(base.toString());
    try (Service service = Service.start(settings, log)) {
      awaitRead(service, sent);
      for (int segment = KILLED_IN + 1; segment < records.segments(); segment++) {
        send(segment);
        awaitRead(service, sent);
      }
      publish(
          service,
          announced ->
              announced.size() > 1
                  && announced.get(announced.size() - 1).labels().size() >= labels.size());

      // Then it is well, answers, and finds what became of a record
      assertThat(service.get("/q/health/live").get("status").asText()).isEqualTo("UP");
      assertThat(training(service).get("publicationProblem").isNull()).isTrue();
      assertThat(service.post("/api/v1/predict", "{\"text\": \"so good\"}").toString())
          .contains("probabilit");
      find(service);
      assertThat(service.stop()).isIn(0, 143);
    }

    // And every record has the outcome that was computed beforehand
    outcome().assertAsExpected(positions, base, labels);
    MutationOutcome.assertQuiet(log);
  }

  /** Asks for a version, and waits until what is announced is as wanted. */
  private void publish(Service service, Predicate<List<ModelVersion>> wanted) {
    service.post("/api/v1/control", "{\"command\": \"publish\"}");
    await("a version, see " + log)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () ->
                wanted.test(MutationOutcome.announced(TestBroker.records(topics.get("versions")))));
  }

  private MutationOutcome outcome() throws IOException {
    return MutationOutcome.of(folder.resolve("store").resolve(model), model, topics);
  }

  /** A record of each outcome, by the interface that an operator has. */
  private void find(Service service) {
    Map<String, RecordPosition> searched = new TreeMap<>();
    positions.forEach(
        (position, record) -> {
          if (record.later(base.toString()).isEmpty()
              && !record.is("extreme")
              && id(record, position).matches("[\\w@-]+")) {
            searched.putIfAbsent(record.became(base.toString()), position);
          }
        });
    searched.forEach(
        (became, position) -> {
          JsonNode found = service.get("/api/v1/examples/" + id(positions.get(position), position));
          boolean refused = !Set.of("TRAINED", "HELD_OUT", "RETRACTION").contains(became);
          List<String> outcomes = new ArrayList<>();
          for (JsonNode one : found.path("records")) {
            if (isAt(one.get("position"), position)) {
              outcomes.add(one.get("outcome").asText() + " " + one.get("reason").asText(""));
            }
          }
          assertThat(outcomes)
              .as("%s: %s", position, found)
              .containsExactly(refused ? "REFUSED " + became : became + " ");
        });
  }

  private static boolean isAt(JsonNode found, RecordPosition position) {
    return found.get("topic").asText().equals(position.topic())
        && found.get("partition").asInt() == position.partition()
        && found.get("offset").asLong() == position.offset();
  }

  /** What the record is found by. */
  private static String id(MutatedRecord record, RecordPosition position) {
    return record.retracts().or(record::id).orElse(position.toString());
  }

  private static double meter(Service service, String name) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.url("/q/metrics")))
            .header("Authorization", "Bearer " + Service.ADMIN_KEY)
            .header("Accept", "text/plain")
            .build();
    try {
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void send(int segment) {
    List<Future<RecordMetadata>> answers = new ArrayList<>();
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (MutatedRecord record : records.segment(segment)) {
        answers.add(
            producer.send(
                new ProducerRecord<>(
                    topics.get(record.topic()),
                    record.partition(),
                    record.sentAt(),
                    record.key(),
                    record.value())));
        sent++;
      }
    }
    assertThat(answers).allSatisfy(answer -> assertThat(answer.get().hasOffset()).isTrue());
  }

  private void awaitRead(Service service, long count) {
    await("%d records read, see %s".formatted(count, log))
        .atMost(Duration.ofMinutes(20))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              long read = 0;
              for (JsonNode next :
                  service.get("/api/v1/status").path("training").path("positions")) {
                read += next.asLong();
              }
              return read >= count;
            });
  }

  private Map<String, String> settings(int evaluatedEvery) {
    Map<String, String> settings = new HashMap<>(records.settings());
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    topics.forEach((name, topic) -> settings.put("millrace.topics." + name, topic));
    settings.put("millrace.model.name", model);
    settings.put("millrace.model.base", folder.resolve("base").toString());
    settings.put("millrace.store", folder.resolve("store").toString());
    settings.put("millrace.batch.chunk-examples", "64");
    settings.put("millrace.batch.max-examples", "16");
    settings.put("millrace.batch.chunk-max-wait", "100ms");
    settings.put("millrace.checkpoint.every", "500ms");
    settings.put("millrace.training.learning-rate", "5e-3");
    settings.put("millrace.training.warmup-steps", "5");
    settings.put("millrace.replay.size", "64");
    settings.put("millrace.replay.ratio", "0.2");
    settings.put("millrace.replay.passes", "1");
    settings.put("millrace.evaluation.every", "1h");
    settings.put("millrace.evaluation.every-examples", Integer.toString(evaluatedEvery));
    settings.put("millrace.evaluation.max-share", "1");
    settings.put("millrace.publication.score", "log-loss");
    settings.put("millrace.publication.min-examples", "10");
    settings.put("millrace.publication.min-held-out-per-label", "5");
    settings.put("millrace.publication.keep-versions", "1000");
    settings.put("mp.messaging.incoming.input.session.timeout.ms", "6000");
    settings.put("mp.messaging.incoming.input.heartbeat.interval.ms", "500");
    settings.put("ai.djl.pytorch.num_threads", "1");
    return settings;
  }
}
