package io.millrace.kafka;

import io.millrace.kafka.commit.KafkaOwnership;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/**
 * The producer of metrics. The emitter's buffer needs no bound of its own: the sink limits what is
 * under way. What must arrive exactly once goes another way, {@link KafkaOwnership}.
 */
class OutputChannels {

  static final String METRICS = "metrics";

  @Produces
  @ApplicationScoped
  @Identifier(METRICS)
  RecordSender metrics(
      @Channel(METRICS) @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          Emitter<ProducerRecord<byte[], byte[]>> emitter) {
    return sender(emitter);
  }

  private static RecordSender sender(Emitter<ProducerRecord<byte[], byte[]>> emitter) {
    return record -> {
      try {
        return emitter.send(record);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    };
  }
}
