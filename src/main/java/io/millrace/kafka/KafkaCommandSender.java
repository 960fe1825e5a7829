package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.CommandSender;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Sends commands to the control topic, keyed by model. */
@ApplicationScoped
public class KafkaCommandSender implements CommandSender {

  private final RecordSender sender;
  private final String topic;
  private final String model;

  @Inject
  KafkaCommandSender(
      @Identifier(OutputChannels.METRICS) RecordSender sender,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model) {
    this.sender = sender;
    this.topic = topics.control();
    this.model = model;
  }

  @Override
  public CompletionStage<Void> send(byte[] command) {
    return sender.send(new ProducerRecord<>(topic, model.getBytes(UTF_8), command));
  }
}
