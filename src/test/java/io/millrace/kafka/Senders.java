package io.millrace.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A sender over a plain producer, as the channels are one over SmallRye's. */
final class Senders {

  private Senders() {}

  static RecordSender of(Producer<byte[], byte[]> producer) {
    return record -> {
      CompletableFuture<Void> sent = new CompletableFuture<>();
      Future<RecordMetadata> unused =
          producer.send(
              record,
              (metadata, failure) -> {
                if (failure == null) {
                  sent.complete(null);
                } else {
                  sent.completeExceptionally(failure);
                }
              });
      return sent;
    };
  }
}
