package io.millrace.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A tiny model with a name and topics of its own, which learns two words in seconds. */
public final class TinyRun {

  /** Two services of one model would share its consumer group, and one of them would wait. */
  private static final AtomicInteger MODELS = new AtomicInteger();

  private final String model = "words-" + MODELS.incrementAndGet();
  private final Map<String, String> topics = new HashMap<>();
  private final Path folder;
  private int sent;

  public TinyRun(Path folder) throws IOException {
    this.folder = folder;
    for (String name :
        List.of(
            "examples",
            "heldout",
            "retry",
            "versions",
            "metrics",
            "dead-letter",
            "commits",
            "control")) {
      topics.put(name, TestBroker.topic(name, 1));
    }
    TinyBase.write(folder.resolve("base"));
  }

  public Map<String, String> settings(int port) {
    Map<String, String> settings = new HashMap<>();
    topics.forEach((name, topic) -> settings.put("millrace.topics." + name, topic));
    settings.put("quarkus.http.port", "" + port);
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    settings.put("millrace.model.name", model);
    settings.put("millrace.model.base", folder.resolve("base").toString());
    settings.put("millrace.store", folder.resolve("store").toString());
    settings.put("millrace.device", "cpu");
    settings.put("millrace.labels.names", "low,high");
    settings.put("millrace.batch.chunk-examples", "32");
    settings.put("millrace.batch.max-examples", "8");
    settings.put("millrace.batch.chunk-max-wait", "300ms");
    settings.put("millrace.training.learning-rate", "5e-3");
    settings.put("millrace.training.warmup-steps", "5");
    settings.put("millrace.replay.size", "0");
    settings.put("millrace.evaluation.every-examples", "64");
    settings.put("millrace.evaluation.every", "1h");
    settings.put("millrace.evaluation.max-share", "1");
    settings.put("millrace.publication.min-held-out-per-label", "5");
    settings.put("millrace.checkpoint.every", "1s");
    settings.put("millrace.drift.warm-up", "200");
    settings.put("millrace.drift.window", "100");
    settings.put("millrace.drift.cool-down", "100");
    settings.put("millrace.web.status-every", "500ms");
    settings.put("mp.messaging.incoming.input.session.timeout.ms", "6000");
    settings.put("mp.messaging.incoming.input.heartbeat.interval.ms", "500");
    settings.put("ai.djl.pytorch.num_threads", "1");
    return settings;
  }

  /** Examples that are never trained on, of both labels, every eighth of them wrongly labelled. */
  public void heldOut(int count) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < count; i++) {
        send(producer, "heldout", text(i % 2 == 0, i % 8 == 7));
      }
    }
  }

  /** Examples to train on, of both labels, every eighth of them wrongly labelled. */
  public void examples(int count) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < count; i++) {
        send(producer, "examples", text(i % 2 == 0, i % 8 == 7));
      }
      sent += count;
    }
  }

  /** Examples of one label only: the mix of labels has changed. */
  public void oneSided(int count) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      for (int i = 0; i < count; i++) {
        send(producer, "examples", text(true, false));
      }
      sent += count;
    }
  }

  /** One to train on, as it is. */
  void example(String value) {
    refused(value);
    sent++;
  }

  /** What is on a topic, by its setting's name. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return TestBroker.records(topics.get(topic));
  }

  /** A record for the examples, which will be refused. */
  public void refused(String value) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      send(producer, "examples", value);
    }
  }

  /** Examples sent so far, refused ones left out. */
  public int sent() {
    return sent;
  }

  private static String text(boolean good, boolean wrong) {
    return "{\"text\": \"%s\", \"label\": \"%s\"}"
        .formatted(good ? "so good" : "very bad", good == wrong ? "low" : "high");
  }

  private void send(Producer<byte[], byte[]> producer, String topic, String value) {
    TestBroker.send(producer, new ProducerRecord<>(topics.get(topic), value.getBytes(UTF_8)));
  }
}
