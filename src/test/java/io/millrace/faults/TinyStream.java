package io.millrace.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.testing.Brokers;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A stream of short texts for the tiny model, on topics of its own: held-out ones first, then
 * examples with a few bad ones among them, each a few chunks ahead of what is committed, so that a
 * run has as many commits as chunks and always something behind the last.
 */
public final class TinyStream {

  static final int CHUNK = 32;
  static final int HELD_OUT = 2 * CHUNK;

  /** One in so many records has a label that nobody knows. */
  private static final int BAD_ONE_IN = 50;

  private static final int CHUNKS_AHEAD = 3;

  private final Map<String, String> topics = new HashMap<>();
  private final Brokers brokers;
  private final String model;
  private final Path folder;
  private final int partitions;
  private volatile int examples;

  /**
   * On the broker that tests share.
   *
   * @param model the model's name, of no other test
   * @param partitions of the examples
   * @param folder of base and store
   */
  public TinyStream(String model, int partitions, Path folder) throws IOException {
    this(model, partitions, folder, TestBroker.brokers());
  }

  /**
   * @param model the model's name, of no other test
   * @param partitions of the examples
   * @param folder of base and store
   * @param brokers that have the topics
   */
  public TinyStream(String model, int partitions, Path folder, Brokers brokers) throws IOException {
    this.brokers = brokers;
    this.model = model;
    this.partitions = partitions;
    this.folder = folder;
    for (String name :
        List.of("heldout", "retry", "versions", "metrics", "dead-letter", "commits", "control")) {
      topics.put(name, brokers.topic(name, 1, Map.of()));
    }
    topics.put("examples", brokers.topic("examples", partitions, Map.of()));
    TinyBase.write(folder.resolve("base"));
  }

  public Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", brokers.address());
    topics.forEach((name, topic) -> settings.put("millrace.topics." + name, topic));
    settings.put("millrace.model.name", model);
    settings.put("millrace.model.base", folder.resolve("base").toString());
    settings.put("millrace.store", folder.resolve("store").toString());
    settings.put("millrace.labels.names", "low,high");
    settings.put("millrace.batch.chunk-examples", "" + CHUNK);
    settings.put("millrace.batch.max-examples", "16");
    settings.put("millrace.batch.chunk-max-wait", partitions == 1 ? "1h" : "300ms");
    settings.put("millrace.publication.min-held-out-per-label", "5");
    settings.put("millrace.checkpoint.every", "0s");
    settings.put("millrace.training.learning-rate", "5e-3");
    settings.put("millrace.training.warmup-steps", "5");
    settings.put("millrace.replay.size", "64");
    settings.put("millrace.replay.ratio", "0.2");
    settings.put("millrace.replay.passes", "1"); // idle time is not the same in two runs
    settings.put("millrace.evaluation.every", "1h");
    settings.put("millrace.evaluation.every-examples", "64");
    settings.put("millrace.evaluation.max-share", "1");
    settings.put("millrace.publication.score", "log-loss");
    settings.put("millrace.publication.min-examples", "10");
    settings.put("mp.messaging.incoming.input.session.timeout.ms", "6000");
    settings.put("mp.messaging.incoming.input.heartbeat.interval.ms", "500");
    settings.put("ai.djl.pytorch.num_threads", "1");
    return settings;
  }

  /** The service's consumer group. */
  String group() {
    return "millrace-" + model;
  }

  public String topic(String name) {
    return topics.get(name);
  }

  Path checkpoints() {
    return folder.resolve("store").resolve(model).resolve("checkpoints");
  }

  /**
   * Feeds whole chunks, waiting for commits.
   *
   * @param goOn asked with the number of examples sent, in front of each chunk
   */
  public void feed(IntPredicate goOn) throws InterruptedException, ExecutionException {
    Random random = new Random(7);
    try (Producer<byte[], byte[]> producer = brokers.producer();
        Admin admin = Admin.create(brokers.client())) {
      for (int i = 0; i < HELD_OUT; i++) {
        send(producer, "heldout", 0, text(i, random));
      }
      awaitCommitted(admin, HELD_OUT);
      for (int i = 0; i % CHUNK != 0 || goOn.test(i); i++) {
        if (i % CHUNK == 0) {
          awaitCommitted(admin, HELD_OUT + i - CHUNKS_AHEAD * CHUNK);
        }
        send(
            producer,
            "examples",
            i % partitions,
            i % BAD_ONE_IN == 17 ? badText() : text(i, random));
        examples = i + 1;
      }
    }
  }

  /** Whether everything that was sent is trained, by a service's status. */
  public boolean isFinished(JsonNode training) {
    long read = 0;
    for (JsonNode next : training.get("positions")) {
      read += next.asLong();
    }
    return read >= HELD_OUT + examples;
  }

  /** Examples sent, bad ones included. */
  int examples() {
    return examples;
  }

  /** Bad ones among the examples sent. */
  public long bad() {
    return examples < 18 ? 0 : (examples - 18) / BAD_ONE_IN + 1;
  }

  /** What is on a topic, as a reader of committed records sees it. */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return brokers.records(topics.get(topic));
  }

  /** The values on a topic as a reader of committed records sees them. */
  public List<JsonNode> events(String topic) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(topic)) {
      events.add(Json.MAPPER.readTree(record.value()));
    }
    return events;
  }

  private void awaitCommitted(Admin admin, long records)
      throws InterruptedException, ExecutionException {
    while (committed(admin) < records) {
      Thread.sleep(20); // a feeder at the broker's pace, not an assertion
    }
  }

  private long committed(Admin admin) throws InterruptedException, ExecutionException {
    return admin
        .listConsumerGroupOffsets(group())
        .partitionsToOffsetAndMetadata()
        .get()
        .entrySet()
        .stream()
        .filter(offset -> isInput(offset.getKey()) && offset.getValue() != null)
        .mapToLong(offset -> offset.getValue().offset())
        .sum();
  }

  private boolean isInput(TopicPartition partition) {
    return List.of(topics.get("examples"), topics.get("heldout")).contains(partition.topic());
  }

  private void send(Producer<byte[], byte[]> producer, String topic, int partition, String value) {
    Brokers.send(
        producer, new ProducerRecord<>(topics.get(topic), partition, null, value.getBytes(UTF_8)));
  }

  private static String text(int number, Random random) {
    boolean good = number % 2 == 0;
    String words = "so ".repeat(random.nextInt(4)) + "very ".repeat(random.nextInt(4));
    return "{\"text\": \"%s%s\", \"label\": \"%s\"}"
        .formatted(words, good ? "good" : "bad", good ? "high" : "low");
  }

  private static String badText() {
    return "{\"text\": \"good\", \"label\": \"unheard-of\"}";
  }
}
