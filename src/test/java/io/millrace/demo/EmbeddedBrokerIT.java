package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.OneAtATime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OneAtATime
class EmbeddedBrokerIT {

  @TempDir Path temporary;

  @Test
  void aRestartIsTheSameClusterWithTheSameRecords() throws Exception {
    // Given
    Path folder = temporary.resolve("kafka");
    String clusterId;
    try (EmbeddedBroker.Running broker = EmbeddedBroker.start(folder, freePort());
        Admin admin = admin(broker)) {
      clusterId = clusterId(admin);
      admin
          .createTopics(List.of(new NewTopic("kept", Optional.of(1), Optional.empty())))
          .all()
          .get(30, TimeUnit.SECONDS);
      for (int i = 0; i < 10; i++) {
        send(broker, "kept", "record " + i);
      }
    }

    // When
    try (EmbeddedBroker.Running broker = EmbeddedBroker.start(folder, freePort());
        Admin admin = admin(broker)) {

      // Then
      assertThat(clusterId(admin)).isEqualTo(clusterId);
      assertThat(send(broker, "kept", "one more")).isEqualTo(10);
    }
  }

  @Test
  void aTakenPortIsAvoidedAndAFolderInUseIsRefused() throws Exception {
    Path folder = temporary.resolve("kafka");
    try (ServerSocket other = new ServerSocket()) {
      // Given
      other.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

      // When
      try (EmbeddedBroker.Running broker = EmbeddedBroker.start(folder, other.getLocalPort());
          Admin admin = admin(broker)) {

        // Then
        assertThat(broker.address())
            .startsWith("localhost:")
            .isNotEqualTo("localhost:" + other.getLocalPort());
        assertThat(clusterId(admin)).isNotBlank();
        assertThatThrownBy(() -> EmbeddedBroker.start(folder, freePort()))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(
                "the folder " + folder + " is in use by another broker; stop that one first");
      }
    }
  }

  private static long send(EmbeddedBroker.Running broker, String topic, String value)
      throws Exception {
    Map<String, Object> config = Map.of("bootstrap.servers", broker.address(), "acks", "all");
    try (Producer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      return producer.send(new ProducerRecord<>(topic, value)).get(30, TimeUnit.SECONDS).offset();
    }
  }

  private static Admin admin(EmbeddedBroker.Running broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.address()));
  }

  private static String clusterId(Admin admin) throws Exception {
    return admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
