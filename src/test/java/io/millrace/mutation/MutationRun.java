package io.millrace.mutation;

import static io.millrace.testing.MailRun.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.example.RecordPosition;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

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
    for (String name : List.of("versions", "metrics", "dead-letter", "control")) {
      topics.put(name, TestBroker.topic(name, 1));
    }
    base.write(folder.resolve("base"));
    this.positions = records.positions(topics);
  }

  /** The selection, for every build. */
  public static void ofSelection(Base base, Path folder) throws IOException {
    new MutationRun(MutatedRecords.selection(), base, folder).run(64);
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

    // Given a service that learns its labels from the stream, and dies while it trains
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
      long before = sent;
      send(KILLED_IN);
      awaitRead(service, before + 1);
      service.kill();
    }

    // When another goes on to the end
    try (Service service = Service.start(settings, log)) {
      awaitRead(service, sent);
      for (int segment = KILLED_IN + 1; segment < records.segments(); segment++) {
        send(segment);
        awaitRead(service, sent);
      }

      // Then it has published by itself, and does so when it is asked
      MutationOutcome before = outcome();
      assertThat(before.versions()).as("versions, see %s", log).isNotEmpty();
      service.post("/api/v1/control", "{\"command\": \"publish\"}");
      await("one more version, see " + log)
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  training(service).path("currentVersion").asLong()
                      > before.versions().get(before.versions().size() - 1).version());

      // And it is well, answers, and finds what became of a record
      assertThat(service.get("/q/health/live").get("status").asText()).isEqualTo("UP");
      assertThat(training(service).get("publicationProblem").isNull()).isTrue();
      assertThat(service.post("/api/v1/predict", "{\"text\": \"so good\"}").has("label")).isTrue();
      find(service);
      assertThat(service.stop()).isIn(0, 143);
    }

    // And every record has the outcome that was computed beforehand
    outcome().assertAsExpected(positions, base, records.labels().get(base.toString()));
    MutationOutcome.assertQuiet(log);
  }

  private MutationOutcome outcome() throws IOException {
    return MutationOutcome.of(folder.resolve("store").resolve(model), model, topics);
  }

  /** A record of each outcome, by the interface that an operator has. */
  private void find(Service service) {
    Map<String, String> searched = new TreeMap<>();
    positions.forEach(
        (position, record) -> {
          String became = record.became(base.toString());
          String id =
              record.reason().isPresent()
                  ? position.toString()
                  : record.retracts().or(record::id).orElse(position.toString());
          if (record.later(base.toString()).isEmpty() && !record.is("extreme")) {
            searched.putIfAbsent(became, id + "\n" + position);
          }
        });
    searched.forEach(
        (became, search) -> {
          String[] idAndPosition = search.split("\n");
          JsonNode found =
              service.get(
                  "/api/v1/examples/"
                      + URLEncoder.encode(idAndPosition[0], StandardCharsets.UTF_8)
                          .replace("+", "%20"));
          Set<String> outcomes = new TreeSet<>();
          for (JsonNode one : found.path("records")) {
            if (one.get("position").toString().contains("\"offset\":" + offset(idAndPosition[1]))) {
              outcomes.add(one.get("outcome").asText());
              assertThat(one.get("reason").isNull() || one.get("reason").asText().equals(became))
                  .as("%s: %s", search, one)
                  .isTrue();
            }
          }
          boolean refused = !Set.of("TRAINED", "HELD_OUT", "RETRACTION").contains(became);
          assertThat(outcomes).as("%s: %s", search, found).contains(refused ? "REFUSED" : became);
        });
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

  private static String offset(String position) {
    return position.substring(position.lastIndexOf('@') + 1);
  }

  private void send(int segment) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (MutatedRecord record : records.segment(segment)) {
        producer.send(
            new ProducerRecord<>(
                topics.get(record.topic()),
                record.partition(),
                record.sentAt(),
                record.key(),
                record.value()),
            (metadata, problem) -> {
              if (problem != null) {
                System.out.printf("record %s was not sent: %s%n", record, problem);
              }
            });
        sent++;
      }
      producer.flush();
    }
  }

  private void awaitRead(Service service, long count) {
    await("%d records read, see %s".formatted(count, log))
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              long read = 0;
              for (JsonNode next : training(service).path("positions")) {
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
