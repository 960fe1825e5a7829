package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.SecurityUtils;

/** One right of the table in {@code how-to/security.md}. */
public record Right(String user, ResourceType kind, String name, AclOperation operation) {

  private static final Pattern ROW =
      Pattern.compile(
          "^\\| (\\w+) \\| (topic|group|transactional id) `([\\w.-]+)` \\| ([\\w, ]+) \\|");

  /**
   * All of them.
   *
   * @param topics a topic's name by what follows {@code millrace.} in the table
   */
  public static List<Right> documented(UnaryOperator<String> topics, String model)
      throws IOException {
    List<Right> rights = new ArrayList<>();
    for (String line : Files.readAllLines(Documents.page("how-to/security.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        ResourceType kind = ResourceType.fromString(row.group(2).replace(' ', '_'));
        String name =
            kind == ResourceType.TOPIC
                ? topics.apply(row.group(3).replace("millrace.", ""))
                : row.group(3).replace("MODEL", model);
        Arrays.stream(row.group(4).split(", "))
            .map(SecurityUtils::operation)
            .forEach(operation -> rights.add(new Right(row.group(1), kind, name, operation)));
      }
    }
    return rights;
  }

  /** As the broker has it. */
  public AclBinding rule() {
    return new AclBinding(
        new ResourcePattern(kind, name, PatternType.LITERAL),
        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
  }

  /**
   * Does what it allows.
   *
   * @param client properties by which a client comes as its user; a topic has a record
   * @throws org.apache.kafka.common.errors.AuthorizationException without it, or one as cause
   */
  public void use(Map<String, Object> client) throws ExecutionException, InterruptedException {
    switch (operation) {
      case READ -> read(client);
      case WRITE -> write(client);
      case DESCRIBE_CONFIGS -> {
        try (Admin admin = Admin.create(client)) {
          admin
              .describeConfigs(Set.of(new ConfigResource(ConfigResource.Type.TOPIC, name)))
              .all()
              .get();
        }
      }
      default -> throw new IllegalStateException("no client uses " + this);
    }
  }

  private void read(Map<String, Object> client) throws ExecutionException, InterruptedException {
    if (kind == ResourceType.GROUP) {
      try (Admin admin = Admin.create(client)) {
        admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get();
      }
      return;
    }
    Map<String, Object> config = new HashMap<>(client);
    config.put("auto.offset.reset", "earliest");
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(Set.of(new TopicPartition(name, 0)));
      while (consumer.poll(Duration.ofMillis(100)).isEmpty()) {}
    }
  }

  private void write(Map<String, Object> client) throws ExecutionException, InterruptedException {
    Map<String, Object> config = new HashMap<>(client);
    if (kind == ResourceType.TRANSACTIONAL_ID) {
      config.put("transactional.id", name);
    }
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (kind == ResourceType.TRANSACTIONAL_ID) {
        producer.initTransactions();
      } else {
        producer.send(new ProducerRecord<>(name, "another-model".getBytes(UTF_8))).get();
      }
    }
  }
}
