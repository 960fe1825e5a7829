package io.millrace.cli.settings;

import io.millrace.kafka.TopicSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What holds between the topics' names. */
final class TopicRules {

  private TopicRules() {}

  /** No topic is used for two things: one setting, value and rule for each that is. */
  static List<String> problems(TopicSettings topics) {
    Map<String, String> byName = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    Map<String, String> all = new LinkedHashMap<>();
    all.put("examples", topics.examples());
    all.put("heldout", topics.heldOut());
    all.put("retry", topics.retry());
    all.put("versions", topics.versions());
    all.put("metrics", topics.metrics());
    all.put("dead-letter", topics.deadLetter());
    all.put("commits", topics.commits());
    all.put("control", topics.control());
    all.forEach(
        (setting, topic) -> {
          String first = byName.putIfAbsent(topic, setting);
          if (first != null) {
            problems.add(
                "millrace.topics.%s = %s: must differ from millrace.topics.%s"
                    .formatted(setting, topic, first));
          }
        });
    return problems;
  }
}
