package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.VersionSink;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Announces versions as CloudEvents in structured JSON, keyed by model. */
@ApplicationScoped
public class KafkaVersionSink implements VersionSink {

  private final RecordSender events;
  private final TopicSettings topics;

  @Inject
  KafkaVersionSink(@Identifier(OutputChannels.EVENTS) RecordSender events, TopicSettings topics) {
    this.events = events;
    this.topics = topics;
  }

  @Override
  public CompletionStage<Void> announce(ModelVersion version) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topics.versions(),
            version.model().getBytes(UTF_8),
            VersionEvent.json(version).getBytes(UTF_8));
    record.headers().add("content-type", "application/cloudevents+json".getBytes(UTF_8));
    return events.send(record);
  }
}
