package io.millrace.kafka.commit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The transactional producer of checkpoints, with one transactional id per model. */
final class CommitProducer {

  /**
   * Before compression, which is what the client looks at: an announcement's confusion matrix takes
   * some 2 MB for a thousand labels, and a hundredth of that compressed, which is what the broker
   * looks at.
   */
  static final int MAX_REQUEST = 16 << 20;

  private CommitProducer() {}

  /**
   * Not initialized yet: that is what fences the owner before.
   *
   * @param client properties that lead to the broker
   * @param answerWithin longest wait for the broker, at least 2 ms
   */
  static Producer<byte[], byte[]> open(
      Map<String, Object> client, String model, Duration answerWithin) {
    int millis = (int) answerWithin.toMillis();
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("client.id", "millrace-commit-" + model);
    settings.put("transactional.id", "millrace-" + model);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("max.request.size", MAX_REQUEST);
    settings.put("compression.type", "gzip");
    settings.put("max.block.ms", millis);
    settings.put("delivery.timeout.ms", millis);
    settings.put("request.timeout.ms", millis / 2);
    settings.put("linger.ms", 5);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
