package io.millrace.fault;

import static io.millrace.problem.Outlook.REFUSED;
import static io.millrace.problem.Outlook.RETRIES;
import static io.millrace.problem.Outlook.WAITS_FOR_OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.problem.Outlook;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFaultsTest {

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            new TopicAuthorizationException(Set.of("letters")),
            WAITS_FOR_OPERATOR,
            "topic letters",
            "Grant it"),
        Arguments.of(
            GroupAuthorizationException.forGroupId("g"),
            WAITS_FOR_OPERATOR,
            "consumer group g",
            "READ on the group"),
        Arguments.of(
            new TransactionalIdAuthorizationException("no"),
            WAITS_FOR_OPERATOR,
            "transactional id",
            "WRITE and DESCRIBE"),
        Arguments.of(
            new ClusterAuthorizationException("no"), WAITS_FOR_OPERATOR, "a right", "Grant it"),
        Arguments.of(
            new SaslAuthenticationException("wrong"),
            WAITS_FOR_OPERATOR,
            "do not let this user in",
            "kafka.sasl.jaas.config"),
        Arguments.of(
            new RecordTooLargeException("1200 bytes"),
            WAITS_FOR_OPERATOR,
            "larger than topic events takes",
            "--topic events --add-config max.message.bytes="),
        Arguments.of(
            new InvalidRecordException("Compacted topic cannot accept message without key"),
            WAITS_FOR_OPERATOR,
            "topic events does not take a record",
            "--add-config cleanup.policy=delete"),
        Arguments.of(
            new UnknownTopicOrPartitionException("no such topic"),
            WAITS_FOR_OPERATOR,
            "topic events does not exist",
            "millrace.topics."),
        Arguments.of(
            new TimeoutException("Topic x not present in metadata after 30000 ms."),
            WAITS_FOR_OPERATOR,
            "is not there: Topic x",
            "millrace.topics."),
        Arguments.of(
            new InconsistentGroupProtocolException("no"),
            WAITS_FOR_OPERATOR,
            "used by another application",
            "mp.messaging.incoming.input.group.id"),
        Arguments.of(
            new NotEnoughReplicasException("no"),
            RETRIES,
            "min.insync.replicas",
            "Bring the missing brokers back"),
        Arguments.of(
            new TimeoutException("30000 ms"), RETRIES, "do not answer in time", "they are up"),
        Arguments.of(new DisconnectException(), RETRIES, "Kafka says", "logs of the brokers"),
        Arguments.of(
            new ProducerFencedException("no"), RETRIES, "another instance", "two clusters"),
        Arguments.of(
            new ConfigException("acks", "x", "wrong"), REFUSED, "setting of the Kafka", "restart"),
        Arguments.of(
            new UnsupportedVersionException("no"), REFUSED, "too old", "Kafka 3.0 or later"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void eachFailureSaysWhatItTakesToEndAndWhatToDo(
      Exception failure, Outlook outlook, String cause, String remedy) {
    // When it comes as the clients throw it: bare, in a future, or as the cause of another
    for (Exception thrown :
        new Exception[] {
          failure,
          new ExecutionException(failure),
          new KafkaException("Cannot execute transactional method", failure)
        }) {
      Fault fault = KafkaFaults.of(thrown, Optional.of("events"));

      // Then
      assertThat(fault.outlook()).isEqualTo(outlook);
      assertThat(fault.cause()).contains(cause).doesNotEndWith(".");
      assertThat(fault.remedy()).contains(remedy).endsWith(".");
    }
  }

  @Test
  void aNameThatDoesNotResolveYetIsTriedAgain() {
    assertThatThrownBy(
            () ->
                new KafkaProducer<>(
                    Map.of("bootstrap.servers", "no-such-host.invalid:9092"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer()))
        .satisfies(
            e -> {
              assertThat(KafkaFaults.of(e).outlook()).isEqualTo(RETRIES);
              assertThat(KafkaFaults.of(e).cause()).contains("can be resolved");
            });
  }

  @Test
  void whatIsUnknownIsTriedAgainAndToldInKafkasWords() {
    Fault fault = KafkaFaults.of(new KafkaException("something new"));

    assertThat(fault.outlook()).isEqualTo(RETRIES);
    assertThat(fault.cause()).isEqualTo("Kafka says: something new");
  }
}
