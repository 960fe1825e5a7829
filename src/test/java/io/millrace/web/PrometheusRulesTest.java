package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.millrace.testing.ListedVersions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** An alert on a meter that does not exist never fires. */
class PrometheusRulesTest {

  private static final Pattern METRIC = Pattern.compile("millrace_[a-z_]+");

  @Test
  void everyAlertAsksForMetersThatThereAre() throws IOException {
    List<JsonNode> alerts = alerts();
    assertThat(alerts).isNotEmpty();

    for (JsonNode alert : alerts) {
      Set<String> asked =
          METRIC
              .matcher(alert.get("expr").asText())
              .results()
              .map(MatchResult::group)
              .collect(Collectors.toSet());
      assertThat(asked).as(alert.get("alert").asText()).isNotEmpty().isSubsetOf(scraped());
      assertThat(alert.at("/labels/severity").asText()).isIn("page", "ticket");
      assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
    }
  }

  @Test
  void theFreshnessAlertIsTwiceTheTargetWhileThereIsSomethingToLearn() throws IOException {
    JsonNode stale = alerts().get(0);

    assertThat(stale.get("alert").asText()).isEqualTo("MillraceServesStaleVersion");
    assertThat(stale.get("expr").asText())
        .startsWith(
            "millrace_served_newest_example_age_seconds > 2 * millrace_freshness_target_seconds")
        .contains("millrace_lag_records > 0");
  }

  private static List<JsonNode> alerts() throws IOException {
    JsonNode rules = new YAMLMapper().readTree(Path.of("deploy/prometheus-rules.yaml").toFile());
    return StreamSupport.stream(rules.at("/groups/0/rules").spliterator(), false).toList();
  }

  /** The names that a scrape has. */
  private static Set<String> scraped() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new TrainingMeters(registry);
    new StatusMeters(
            new Fakes.Training(), Fakes.predictor(new ListedVersions()), Fakes.publication())
        .bindTo(registry);
    return Arrays.stream(registry.scrape().split("\n"))
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]")[0])
        .collect(Collectors.toSet());
  }
}
