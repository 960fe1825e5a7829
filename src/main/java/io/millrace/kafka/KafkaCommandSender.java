package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.CommandSender;
import io.millrace.pipeline.InstanceSettings;
import io.millrace.pipeline.Role;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Sends commands to the control topic, keyed by model. */
@ApplicationScoped
public class KafkaCommandSender implements CommandSender {

  private final RecordSender sender;
  private final String topic;
  private final String model;
  private final Role role;

  @Inject
  KafkaCommandSender(
      @Identifier(OutputChannels.METRICS) RecordSender sender,
      TopicSettings topics,
      InstanceSettings instance,
      @ConfigProperty(name = "millrace.model.name") String model) {
    this.sender = sender;
    this.topic = topics.control();
    this.model = model;
    this.role = instance.role();
  }

  @Override
  public CompletionStage<Void> send(byte[] command) {
    if (role == Role.SERVE) { // it has no producer
      return CompletableFuture.failedFuture(
          new IllegalStateException("this instance is a replica, ask one that trains"));
    }
    return sender.send(new ProducerRecord<>(topic, model.getBytes(UTF_8), command));
  }
}
