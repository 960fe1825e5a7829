package io.millrace.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/**
 * Sends the mail stream as any producer would, at a steady rate, on its own thread. Each mail
 * carries its index in a header; what the topics hold already is not sent again.
 */
public final class DemoFeed implements Runnable {

  /** Header with a mail's index in the stream, decimal. */
  static final String INDEX = "millrace-demo-index";

  private static final Logger LOG = Logger.getLogger(DemoFeed.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final Map<String, Object> client;
  private final Topics topics;
  private final List<Mail> mails;
  private final long nanosBetween;
  private final ObjectMapper json = new ObjectMapper();

  /**
   * Where the mails go.
   *
   * @param examples topic of what is trained on
   * @param heldOut topic of what is only scored
   */
  record Topics(String examples, String heldOut) {
    String of(Mail mail) {
      return MailStream.isHeldOut(mail.text()) ? heldOut : examples;
    }
  }

  /**
   * @param client how to reach the broker: Kafka client properties
   * @param mailsPerSecond above 0
   */
  DemoFeed(Map<String, Object> client, Topics topics, List<Mail> mails, double mailsPerSecond) {
    this.client = Map.copyOf(client);
    this.topics = topics;
    this.mails = List.copyOf(mails);
    this.nanosBetween = Math.round(1e9 / mailsPerSecond);
  }

  /** Sends until all is sent or the thread is interrupted; starts over when the broker is away. */
  @Override
  public void run() {
    try {
      while (true) {
        try {
          send();
          return;
        } catch (InterruptException e) {
          throw e;
        } catch (KafkaException | IllegalStateException e) {
          LOG.warnf("the demo feed tries again in %s: %s", RETRY_AFTER, e.getMessage());
          TimeUnit.NANOSECONDS.sleep(RETRY_AFTER.toNanos());
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("the demo feed stops");
    }
  }

  private void send() throws InterruptedException {
    BitSet sent = SentMails.read(client, List.of(topics.examples(), topics.heldOut()));
    LOG.infof(
        "demo feed: %d of %d mails are on the topics, the others follow at %.1f a second to %s"
            + " and %s",
        sent.cardinality(), mails.size(), 1e9 / nanosBetween, topics.examples(), topics.heldOut());
    Producer<byte[], byte[]> producer = producer();
    try {
      sendMissing(producer, sent);
      producer.flush();
    } finally {
      boolean stopped = Thread.interrupted(); // or close would not wait for what is under way
      producer.close(CLOSE_WITHIN);
      if (stopped) {
        Thread.currentThread().interrupt();
      }
    }
    LOG.infof(
        "demo feed: all %d mails are sent. To see it again, stop the service, delete its data"
            + " folder (or topics and store, on a broker of your own) and start it.",
        mails.size());
  }

  private void sendMissing(Producer<byte[], byte[]> producer, BitSet sent)
      throws InterruptedException {
    long due = System.nanoTime();
    for (int i = sent.nextClearBit(0); i < mails.size(); i = sent.nextClearBit(i + 1)) {
      long ahead = due - System.nanoTime();
      if (ahead > 0) {
        TimeUnit.NANOSECONDS.sleep(ahead);
      } else {
        due = System.nanoTime(); // no burst after a pause
      }
      Future<RecordMetadata> unused =
          producer.send(record(i), (metadata, failure) -> report(failure));
      due += nanosBetween;
    }
  }

  private static void report(Exception failure) {
    if (failure != null) {
      LOG.warnf("demo feed: a mail was not sent, the next start will: %s", failure.getMessage());
    }
  }

  private ProducerRecord<byte[], byte[]> record(int index) {
    Mail mail = mails.get(index);
    ObjectNode value = json.createObjectNode();
    value.put("id", mail.id());
    value.put("text", mail.text());
    value.put("label", mail.label());
    value.put("timestamp", mail.timestamp().toString());
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topics.of(mail), utf8(mail.id()), utf8(value.toString()));
    record.headers().add(INDEX, utf8(Integer.toString(index)));
    return record;
  }

  private Producer<byte[], byte[]> producer() {
    Map<String, Object> config = new HashMap<>(client);
    config.put("client.id", "millrace-demo-feed");
    config.put("acks", "all");
    config.put("enable.idempotence", "true");
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
