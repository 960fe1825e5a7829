package io.millrace.kafka;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/**
 * The two producers: one of versions and dead letters, which must arrive and wait for the broker as
 * long as it takes, and one of metrics, which must not delay those. The emitters' buffers need no
 * bound of their own: the sinks limit what is under way.
 */
class OutputChannels {

  static final String EVENTS = "events";
  static final String METRICS = "metrics";

  @Produces
  @ApplicationScoped
  @Identifier(EVENTS)
  RecordSender events(
      @Channel(EVENTS) @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          Emitter<ProducerRecord<byte[], byte[]>> emitter) {
    return sender(emitter);
  }

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
