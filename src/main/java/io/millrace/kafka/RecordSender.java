package io.millrace.kafka;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A way out to the broker. */
interface RecordSender {

  /** Sends; completes when all in-sync replicas have it, fails with Kafka's exception. */
  CompletionStage<Void> send(ProducerRecord<byte[], byte[]> record);
}
