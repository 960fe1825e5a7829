package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What {@code .ci/smoke} needs of Java: the tiny base as a folder, and Kafka's console producer and
 * consumer, whose own jar is not on the class path.
 */
public final class SmokeTools {

  private SmokeTools() {}

  /**
   * One of these.
   *
   * <ul>
   *   <li>{@code base FOLDER} writes the tiny base
   *   <li>{@code send BROKERS TOPIC} sends the lines of its input, {@code KEY TAB VALUE}, in order
   *   <li>{@code read BROKERS TOPIC} prints the committed records that the topic has now, a line
   *       each: {@code KEY TAB HEADERS TAB VALUE}, headers as {@code NAME=VALUE;NAME=VALUE}
   * </ul>
   */
  public static void main(String... arguments) throws IOException {
    switch (arguments[0]) {
      case "base" -> TinyBase.write(Path.of(arguments[1]));
      case "send" -> send(new Brokers(arguments[1]), arguments[2]);
      case "read" -> read(new Brokers(arguments[1]), arguments[2]);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void send(Brokers brokers, String topic) throws IOException {
    try (Producer<byte[], byte[]> producer = brokers.producer();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] parts = line.split("\t", 2);
        Brokers.send(
            producer,
            new ProducerRecord<>(topic, parts[0].getBytes(UTF_8), parts[1].getBytes(UTF_8)));
      }
    }
  }

  private static void read(Brokers brokers, String topic) {
    PrintStream out = new PrintStream(System.out, false, UTF_8);
    for (ConsumerRecord<byte[], byte[]> record : brokers.records(topic)) {
      StringJoiner headers = new StringJoiner(";");
      for (Header header : record.headers()) {
        headers.add(header.key() + "=" + text(header.value()));
      }
      out.println(text(record.key()) + "\t" + headers + "\t" + text(record.value()));
    }
    out.flush();
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }
}
