package io.millrace.kafka.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.TopicsOf;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

@OneAtATime
class TopicChecksIT {

  private final OpenProblems problems = new OpenProblems();

  @Test
  void whatWillHoldCommitsUpIsAProblemUntilItIsMended() throws Exception {
    // Given
    Map<String, String> topics =
        topics(
            Map.of(
                "dead-letter", Map.of("cleanup.policy", "compact"),
                "metrics", Map.of("max.message.bytes", "1000"),
                "versions", Map.of("min.insync.replicas", "2", "retention.ms", "-1")));
    TopicChecks checks = new TopicChecks(TopicsOf.settings(topics), problems);
    try (Admin admin = Admin.create(TestBroker.client());
        CapturedLog log = CapturedLog.of(OpenProblems.class)) {
      // When
      assertThat(checks.look(admin)).isFalse();

      // Then
      assertThat(problems.all())
          .extracting(OpenProblem::place)
          .containsExactlyInAnyOrder(
              "settings:" + topics.get("dead-letter"),
              "settings:" + topics.get("metrics"),
              "settings:" + topics.get("versions"));
      assertThat(problems.all())
          .allMatch(problem -> problem.outlook() == Outlook.WAITS_FOR_OPERATOR)
          .allMatch(
              problem ->
                  problem
                      .remedy()
                      .startsWith("kafka-configs.sh --bootstrap-server BROKER --alter --topic "));

      // When
      alter(admin, topics.get("dead-letter"), "cleanup.policy", "delete");
      alter(admin, topics.get("metrics"), "max.message.bytes", "1048588");
      alter(admin, topics.get("versions"), "min.insync.replicas", "1");

      // Then
      assertThat(checks.look(admin)).isTrue();
      assertThat(problems.all()).isEmpty();
      assertThat(log.lines()).isNotEmpty();
    }
  }

  @Test
  void aBrokerThatDoesNotAnswerLeavesNothingLookedAt() throws Exception {
    TopicChecks checks = new TopicChecks(TopicsOf.settings(topics(Map.of())), problems);
    Map<String, Object> nobody =
        Map.of(
            "bootstrap.servers",
            "localhost:" + Service.freePort(),
            "default.api.timeout.ms",
            1_000,
            "request.timeout.ms",
            1_000);
    try (Admin admin = Admin.create(nobody)) {
      assertThat(checks.look(admin)).isFalse();
    }
  }

  @Test
  void whatOnlyCostsSomethingIsAWarningThatNamesTheSettingOnce() throws Exception {
    // Given
    Map<String, String> topics =
        topics(Map.of("versions", Map.of("cleanup.policy", "compact", "retention.ms", "1000")));
    TopicChecks checks = new TopicChecks(TopicsOf.settings(topics), problems);
    try (Admin admin = Admin.create(TestBroker.client());
        CapturedLog log = CapturedLog.of(TopicChecks.class)) {
      // When
      assertThat(checks.look(admin)).isTrue();
      assertThat(checks.look(admin)).isTrue();

      // Then
      assertThat(problems.all()).isEmpty();
      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines()).anyMatch(line -> line.contains("set cleanup.policy=delete"));
      assertThat(log.lines()).anyMatch(line -> line.contains("retention.ms of topic"));
    }
  }

  private static Map<String, String> topics(Map<String, Map<String, String>> settings) {
    Map<String, String> topics = new HashMap<>();
    topics.put("commits", TestBroker.topic("commits", 1, Map.of("cleanup.policy", "compact")));
    for (String name : List.of("versions", "metrics", "dead-letter")) {
      Map<String, String> own = new HashMap<>(Map.of("retention.ms", "-1"));
      own.putAll(settings.getOrDefault(name, Map.of()));
      topics.put(name, TestBroker.topic(name, 1, own));
    }
    return topics;
  }

  private static void alter(Admin admin, String topic, String name, String value) throws Exception {
    admin
        .incrementalAlterConfigs(
            Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, topic),
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }
}
