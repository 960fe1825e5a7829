package io.millrace.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.demo.Mail;
import io.millrace.demo.MailStream;
import io.millrace.storage.Json;
import io.millrace.testing.Brokers;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One process, trained without a pause for an hour by the documents' production command, and what
 * its memory does meanwhile ({@code ./mvnw -Pfaults verify -Dit.test=LongSoak
 * -Dmillrace.soak.minutes=60}): MiniLM, the shipped mails round after round, texts cut at 64
 * tokens. The first quarter, at least two minutes, is warm-up and does not count. Written to {@code
 * target/faults/soak.json}.
 */
class LongSoak {

  private static final int MINUTES = Integer.getInteger("millrace.soak.minutes", 60);
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  /** Mails that may wait: always more than a chunk, never more than the broker should keep. */
  private static final int AHEAD = 512;

  /** A leak that an operator would notice within a day. */
  private static final double MOST_PER_HOUR = 40;

  @TempDir private Path folder;

  @Test
  void whatTheJvmHoldsDoesNotGrowAndTheRestIsMeasured() throws Exception {
    // Given
    Brokers brokers = TestBroker.brokers();
    Map<String, String> settings = settings(brokers);
    Path malloc = folder.resolve("mallinfo");
    List<String> arguments = new ArrayList<>(MallocAgent.argument(folder, malloc));
    arguments.add("-XX:TieredStopAtLevel=4"); // both compilers, as in production
    arguments.add("-XX:NativeMemoryTracking=summary");
    List<MemorySample> samples = new ArrayList<>();
    double residentAfterTrim;

    // When
    Path output = Files.createDirectories(Path.of("target/faults"));
    try (Service service = Service.start(settings, output.resolve("soak.log"), arguments);
        Producer<byte[], byte[]> producer = brokers.producer()) {
      long start = System.nanoTime();
      long sent = 0;
      List<Mail> mails = MailStream.read();
      while (seconds(start) < MINUTES * 60L) {
        var training = service.get("/api/v1/status").get("training");
        long read = 0;
        for (var position : training.get("positions")) {
          read += position.asLong();
        }
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        for (; sent < read + AHEAD; sent++) {
          Mail mail = mails.get((int) (sent % mails.size()));
          sends.add(producer.send(record(mail, sent / mails.size())));
        }
        for (Future<RecordMetadata> send : sends) {
          send.get();
        }
        samples.add(
            MemorySample.of(service.pid(), malloc, seconds(start), training.get("step").asLong()));
        write(output, samples, Double.NaN);
        Thread.sleep(BETWEEN.toMillis()); // the time between two measurements, no assertion
      }
      MemorySample.trim(service.pid());
      residentAfterTrim = MemorySample.resident(service.pid());
    }

    // Then
    Map<String, Trend> trends = write(output, samples, residentAfterTrim);
    System.out.printf("soak of %d minutes, MB an hour: %s%n", MINUTES, trends);
    assertThat(samples.get(samples.size() - 1).steps()).isGreaterThan(samples.get(0).steps());
    assertThat(trends.get("heapAfterGc").low()).isLessThan(MOST_PER_HOUR);
    assertThat(trends.get("jvmCommitted").low()).isLessThan(MOST_PER_HOUR);
  }

  private Map<String, String> settings(Brokers brokers) {
    Map<String, String> settings = new HashMap<>();
    settings.put("kafka.bootstrap.servers", brokers.address());
    settings.put("millrace.topics.create", "true"); // a broker of its own: all by default
    settings.put("millrace.model.name", "soak");
    settings.put("millrace.labels.names", "ham,spam");
    settings.put("millrace.tokenize.max-length", "64");
    settings.put("millrace.store", folder.resolve("store").toString());
    return settings;
  }

  private static ProducerRecord<byte[], byte[]> record(Mail mail, long round) throws Exception {
    Map<String, String> example =
        Map.of("id", mail.id() + "-" + round, "text", mail.text(), "label", mail.label());
    String topic = MailStream.isHeldOut(mail.text()) ? "heldout" : "examples";
    return new ProducerRecord<>(
        "millrace." + topic, mail.id().getBytes(UTF_8), Json.MAPPER.writeValueAsBytes(example));
  }

  private static Map<String, Trend> write(
      Path output, List<MemorySample> samples, double residentAfterTrim) throws Exception {
    double warmUp = Math.max(120, MINUTES * 60 / 4.0);
    List<MemorySample> counted =
        samples.stream().filter(sample -> sample.seconds() >= warmUp).toList();
    Map<String, Trend> trends = new LinkedHashMap<>();
    if (counted.size() >= 10) {
      trends.put("resident", trend(counted, MemorySample::resident));
      trends.put("jvmCommitted", trend(counted, MemorySample::jvmCommitted));
      trends.put("mallocInUse", trend(counted, MemorySample::mallocInUse));
      trends.put("mallocFree", trend(counted, MemorySample::mallocFree));
      trends.put("heapAfterGc", trend(counted, MemorySample::heapAfterGc));
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("at", Instant.now().toString());
    report.put("minutes", MINUTES);
    report.put("warmUpSeconds", warmUp);
    report.put("processors", Runtime.getRuntime().availableProcessors());
    report.put("slopesMbPerHour", trends);
    report.put("residentAfterTrim", residentAfterTrim);
    report.put("samples", samples);
    Files.write(
        output.resolve("soak.json"),
        Json.MAPPER.copy().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(report));
    return trends;
  }

  private static Trend trend(List<MemorySample> samples, ToDoubleFunction<MemorySample> value) {
    return Trend.of(
        samples.stream().mapToDouble(sample -> sample.seconds() / 3_600).toArray(),
        samples.stream().mapToDouble(value).toArray());
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
