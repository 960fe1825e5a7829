package io.millrace.cli.settings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;

/** What Kafka's clients would refuse, or do otherwise than we need, without saying what to do. */
final class KafkaRules {

  static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

  private static final String INPUT = "mp.messaging.incoming.input.";
  private static final List<String> URLS =
      List.of("sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.jwks.endpoint.url");

  private KafkaRules() {}

  /**
   * One setting, value and rule for each that is broken.
   *
   * @param settings finds a value by its full name; null where there is none
   * @param properties of the JVM
   */
  static List<String> problems(UnaryOperator<String> settings, Properties properties) {
    List<String> problems = new ArrayList<>();
    String protocol = settings.apply(INPUT + "group.protocol");
    if (protocol != null && !protocol.equalsIgnoreCase("classic")) {
      problems.add(
          INPUT
              + "group.protocol = "
              + protocol
              + ": must be classic. One instance owns all partitions of a model, and only the classic"
              + " protocol lets the members of a group decide that (kafka.group.protocol may be"
              + " anything: the input does not follow it)");
    }
    for (String prefix : List.of("kafka.", INPUT)) {
      String assignor = settings.apply(prefix + "group.remote.assignor");
      if (assignor != null) {
        problems.add(
            prefix
                + "group.remote.assignor = "
                + assignor
                + ": must not be set. It is for group.protocol=consumer, and the input needs classic");
      }
    }
    if ("OAUTHBEARER".equals(settings.apply("kafka.sasl.mechanism"))) {
      List<String> allowed =
          Arrays.stream(properties.getProperty(ALLOWED_URLS, "").split(","))
              .map(String::trim)
              .toList();
      for (String name : URLS) {
        String url = settings.apply("kafka." + name);
        if (url != null && !allowed.contains(url)) {
          problems.add(
              "kafka.%s = %s: Kafka's clients use no address that the JVM was not started with. Add -D%s=%s before -jar"
                  .formatted(name, shown(url), ALLOWED_URLS, shown(url)));
        }
      }
    }
    return problems;
  }

  /** Not a secret, despite the setting's name, except for a password before the host. */
  private static String shown(String url) {
    return RedactedValue.of("url", url);
  }
}
