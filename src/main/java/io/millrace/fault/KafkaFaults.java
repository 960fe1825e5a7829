package io.millrace.fault;

import static io.millrace.problem.Outlook.REFUSED;
import static io.millrace.problem.Outlook.RETRIES;
import static io.millrace.problem.Outlook.WAITS_FOR_OPERATOR;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** The one classification of what Kafka's clients throw. */
public final class KafkaFaults {

  private static final String BY_ITSELF = "; the service goes on by itself";
  private static final String RIGHTS = " (see src/docs/how-to/security.md)";

  private KafkaFaults() {}

  /** Of a failure that concerns no topic that the caller knows. */
  public static Fault of(Throwable failure) {
    return of(failure, Optional.empty());
  }

  /**
   * Of a failure and what caused it: the deepest cause that says something decides.
   *
   * @param topic that was written to, where the failure itself does not tell
   */
  public static Fault of(Throwable failure, Optional<String> topic) {
    List<Throwable> causes = causes(failure);
    for (int i = causes.size() - 1; i >= 0; i--) {
      Optional<Fault> fault = telling(causes.get(i), topic);
      if (fault.isPresent()) {
        return fault.get();
      }
    }
    Throwable root = causes.get(causes.size() - 1);
    return new Fault(
        RETRIES,
        "Kafka says: " + message(root),
        "If it lasts, look for this message in the logs of the brokers.");
  }

  /** Whether the failure or one of its causes is Kafka's. */
  public static boolean isKafkas(Throwable failure) {
    return causes(failure).stream().anyMatch(KafkaException.class::isInstance);
  }

  /** Whether another owner has taken over: no attempt of this one will succeed. */
  public static boolean isFenced(Throwable failure) {
    return has(failure, ProducerFencedException.class)
        || has(failure, InvalidProducerEpochException.class)
        || has(failure, FencedInstanceIdException.class);
  }

  /** Whether a record is too large for client or topic. */
  public static boolean isTooLarge(Throwable failure) {
    return has(failure, RecordTooLargeException.class)
        || has(failure, RecordBatchTooLargeException.class);
  }

  /** Whether the failure or one of its causes is of the kind. */
  public static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    return causes(failure).stream().anyMatch(kind::isInstance);
  }

  private static Optional<Fault> telling(Throwable e, Optional<String> topic) {
    Optional<Fault> fault = ofRights(e);
    if (fault.isEmpty()) {
      fault = ofTopics(e, topic);
    }
    return fault.isPresent() ? fault : ofTheRest(e);
  }

  private static Optional<Fault> ofRights(Throwable e) {
    if (e instanceof TopicAuthorizationException topics) {
      return waits(
          "this user lacks a right on topic " + String.join(", ", topics.unauthorizedTopics()),
          "Grant it READ or WRITE on the topic, whichever it lacks" + RIGHTS + BY_ITSELF);
    }
    if (e instanceof GroupAuthorizationException group) {
      return waits(
          "this user lacks a right on consumer group " + group.groupId(),
          "Grant it READ on the group" + RIGHTS + BY_ITSELF);
    }
    if (e instanceof TransactionalIdAuthorizationException) {
      return waits(
          "this user lacks a right on its transactional id, millrace- and the model's name",
          "Grant it WRITE and DESCRIBE on the transactional id" + RIGHTS + BY_ITSELF);
    }
    if (e instanceof AuthorizationException) {
      return waits("this user lacks a right: " + e.getMessage(), "Grant it" + RIGHTS + BY_ITSELF);
    }
    if (e instanceof AuthenticationException) {
      return waits(
          "the brokers do not let this user in: " + e.getMessage(),
          "Check kafka.sasl.jaas.config and kafka.ssl.*, or the user's password on the brokers;"
              + " changed settings need a restart, a changed password of the user does not.");
    }
    return Optional.empty();
  }

  private static Optional<Fault> ofTopics(Throwable e, Optional<String> topic) {
    String named = topic.map(name -> "topic " + name).orElse("a topic");
    String entity = topic.orElse("TOPIC");
    if (e instanceof RecordTooLargeException || e instanceof RecordBatchTooLargeException) {
      return waits(
          "a record is larger than " + named + " takes: " + e.getMessage(),
          "Raise max.message.bytes of the topic: kafka-configs.sh --bootstrap-server BROKER --alter --topic "
              + entity
              + " --add-config max.message.bytes=BYTES"
              + BY_ITSELF);
    }
    if (e instanceof InvalidRecordException) {
      return waits(
          named + " does not take a record: " + e.getMessage(),
          "If it is compacted, records without a key cannot be written: kafka-configs.sh --bootstrap-server BROKER --alter"
              + " --topic "
              + entity
              + " --add-config cleanup.policy=delete"
              + BY_ITSELF);
    }
    if (e instanceof UnknownTopicOrPartitionException) {
      return waits(
          named + " does not exist: " + e.getMessage(),
          "Make it, or correct millrace.topics.*" + BY_ITSELF);
    }
    if (e instanceof TimeoutException && message(e).contains("not present in metadata")) {
      return waits(
          "a topic or partition is not there: " + e.getMessage(),
          "Make it, or correct millrace.topics.*" + BY_ITSELF);
    }
    if (e instanceof InvalidTopicException) {
      return waits(
          "the brokers do not take the name of " + named + ": " + e.getMessage(),
          "Correct millrace.topics.* and restart.");
    }
    if (e instanceof UnsupportedVersionException) {
      return Optional.of(
          new Fault(
              REFUSED,
              "the brokers are too old for what is asked of them: " + e.getMessage(),
              "Use brokers of Kafka 3.0 or later."));
    }
    if (e instanceof PolicyViolationException || e instanceof InvalidConfigurationException) {
      return waits(
          "the brokers' rules forbid it for " + named + ": " + e.getMessage(),
          "Change the rule, or make the topic by hand" + BY_ITSELF);
    }
    if (e instanceof NotEnoughReplicasException
        || e instanceof NotEnoughReplicasAfterAppendException) {
      return Optional.of(
          new Fault(
              RETRIES,
              named + " has fewer replicas in step than its min.insync.replicas",
              "Bring the missing brokers back, or lower min.insync.replicas of the topic."));
    }
    if (e instanceof InvalidOffsetException) {
      return Optional.of(
          new Fault(
              REFUSED,
              "a stored position is outside the log: " + e.getMessage(),
              "Restore the topic, or say from where to go on."));
    }
    return Optional.empty();
  }

  private static Optional<Fault> ofTheRest(Throwable e) {
    if (e instanceof InconsistentGroupProtocolException) {
      return waits(
          "the consumer group is used by another application, which assigns partitions in another"
              + " way",
          "Stop that application, or give this one another group:"
              + " mp.messaging.incoming.input.group.id"
              + BY_ITSELF);
    }
    if (e instanceof ConfigException && message(e).contains("bootstrap")) {
      return Optional.of(
          new Fault(
              RETRIES,
              "no name in kafka.bootstrap.servers can be resolved: " + e.getMessage(),
              "If the brokers are there, correct kafka.bootstrap.servers or the name service."));
    }
    if (e instanceof ConfigException) {
      return Optional.of(
          new Fault(
              REFUSED,
              "a setting of the Kafka client is wrong: " + e.getMessage(),
              "Correct it and restart."));
    }
    if (isFenced(e)) {
      return Optional.of(
          new Fault(
              RETRIES,
              "another instance has taken over",
              "Nothing, unless it happens again and again: then two clusters or groups use one"
                  + " transactional id."));
    }
    if (e instanceof TimeoutException) {
      return Optional.of(
          new Fault(
              RETRIES,
              "the brokers do not answer in time: " + e.getMessage(),
              "See whether they are up and can be reached from here."));
    }
    return Optional.empty();
  }

  private static Optional<Fault> waits(String cause, String remedy) {
    return Optional.of(
        new Fault(WAITS_FOR_OPERATOR, cause, remedy.endsWith(".") ? remedy : remedy + "."));
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** From the outermost to the innermost, without what only carries. */
  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable e = failure; e != null && causes.size() < 16; e = e.getCause()) {
      boolean carries =
          e instanceof ExecutionException
              || e instanceof CompletionException
              || (e.getClass() == KafkaException.class || e.getClass() == ApiException.class)
                  && e.getCause() != null;
      if (!carries || e.getCause() == null) {
        causes.add(e);
      }
    }
    return causes;
  }
}
