package io.millrace.kafka.health;

import io.millrace.fault.KafkaFaults;
import io.millrace.kafka.TopicSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jboss.logging.Logger;

/**
 * Looks at the settings of the topics that commits are written to. What will hold commits up is a
 * problem until it is mended; what only costs something is a warning, once. Where the right to look
 * is missing it says so, once. One thread.
 */
final class TopicChecks {

  private static final Logger LOG = Logger.getLogger(TopicChecks.class);

  /** Reason, origin, size and hash of a refused record, or a version without its matrices. */
  private static final int LEAST_BYTES = 4096;

  private final TopicSettings topics;
  private final OpenProblems problems;
  private final List<String> said = new ArrayList<>();

  TopicChecks(TopicSettings topics, OpenProblems problems) {
    this.topics = topics;
    this.problems = problems;
  }

  /**
   * Looks once.
   *
   * @return whether nothing will hold commits up, as far as one can see
   */
  boolean look(Admin admin) throws InterruptedException {
    List<String> written =
        List.of(topics.versions(), topics.metrics(), topics.deadLetter(), topics.commits());
    Map<ConfigResource, KafkaFuture<Config>> configs =
        admin.describeConfigs(written.stream().map(TopicChecks::resource).toList()).values();
    Map<String, KafkaFuture<TopicDescription>> descriptions =
        admin.describeTopics(written).topicNameValues();
    boolean well = true;
    for (String topic : written) {
      try {
        Config config = configs.get(resource(topic)).get();
        int replicas =
            descriptions.get(topic).get().partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        well &= look(topic, config, replicas);
      } catch (ExecutionException e) {
        well &= e.getCause() instanceof AuthorizationException; // else it is looked at again
        warn(
            "the settings of topic %s could not be looked at, a wrong one would hold commits up: %s"
                .formatted(topic, KafkaFaults.of(e).cause()));
      }
    }
    return well;
  }

  private boolean look(String topic, Config config, int replicas) {
    Optional<Long> max = number(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    Optional<Long> inSync = number(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    if (topic.equals(topics.deadLetter()) && isCompacted(config)) {
      return blocks(
          topic,
          "topic %s is compacted, and does not take refused records without a key".formatted(topic),
          "cleanup.policy=delete");
    }
    if (max.filter(bytes -> bytes < LEAST_BYTES).isPresent()) {
      return blocks(
          topic,
          "max.message.bytes of topic %s is %d, and the smallest records written to it may be larger"
              .formatted(topic, max.get()),
          "max.message.bytes=1048588");
    }
    if (inSync.filter(min -> min > replicas).isPresent()) {
      return blocks(
          topic,
          "topic %s has %d replicas and min.insync.replicas=%d, so it takes no records"
              .formatted(topic, replicas, inSync.get()),
          "min.insync.replicas=" + replicas);
    }
    problems.resolve(place(topic));
    if (topic.equals(topics.commits()) && !isCompacted(config)) {
      warn(
          "topic %s is not compacted: once its last record goes, nobody knows what was sent; set"
                  .formatted(topic)
              + " cleanup.policy=compact");
    }
    if (topic.equals(topics.versions())) {
      lookAtHistory(topic, config);
    }
    if (inSync.filter(min -> replicas > 1 && min == replicas).isPresent()) {
      warn(
          "topic %s has %d replicas and min.insync.replicas=%d: commits wait whenever one broker is"
                  .formatted(topic, replicas, inSync.get())
              + " away");
    }
    return true;
  }

  /** Replicas and new trainers read the versions from their beginning. */
  private void lookAtHistory(String topic, Config config) {
    if (isCompacted(config)) {
      warn(
          "topic %s is compacted: announcements but the last go, and replicas cannot roll back; set"
                  .formatted(topic)
              + " cleanup.policy=delete");
    }
    for (String limit :
        List.of(TopicConfig.RETENTION_MS_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG)) {
      number(config, limit)
          .filter(value -> value >= 0)
          .ifPresent(
              value ->
                  warn(
                      "%s of topic %s is %d: once announcements go, a replica that starts anew finds no"
                              .formatted(limit, topic, value)
                          + " version; set it to -1"));
    }
  }

  private boolean blocks(String topic, String cause, String setting) {
    problems.report(
        place(topic),
        Outlook.WAITS_FOR_OPERATOR,
        cause,
        "kafka-configs.sh --bootstrap-server BROKER --alter --topic %s --add-config %s; the service goes on by itself."
            .formatted(topic, setting));
    return false;
  }

  private void warn(String message) {
    if (!said.contains(message)) {
      said.add(message);
      LOG.warn(message);
    }
  }

  private static boolean isCompacted(Config config) {
    return value(config, TopicConfig.CLEANUP_POLICY_CONFIG)
        .filter(policy -> policy.contains("compact"))
        .isPresent();
  }

  private static Optional<Long> number(Config config, String name) {
    return value(config, name).filter(text -> text.matches("-?\\d{1,18}")).map(Long::valueOf);
  }

  private static Optional<String> value(Config config, String name) {
    return Optional.ofNullable(config.get(name)).map(ConfigEntry::value);
  }

  private static String place(String topic) {
    return "settings:" + topic;
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }
}
