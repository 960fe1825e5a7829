package io.millrace.web.meter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.millrace.kafka.KafkaMeters;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.storage.DurabilityTimes;
import io.millrace.stray.StrayAmendments;
import io.millrace.testing.ListedVersions;
import io.millrace.web.Fakes;
import java.io.IOException;
import java.nio.file.Files;
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

  @Test
  void eachAlertHasAnEntryInTheRunbookAndEachEntryAnAlert() throws IOException {
    // Given
    String runbook = Files.readString(Path.of("deploy/RUNBOOK.md"));
    List<String> entries =
        Pattern.compile("(?m)^## (\\w+)$")
            .matcher(runbook)
            .results()
            .map(entry -> entry.group(1))
            .toList();

    // Then
    assertThat(alerts())
        .extracting(alert -> alert.get("alert").asText())
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(entries);
    for (String entry : runbook.split("(?m)^## ")) {
      if (entries.contains(entry.lines().findFirst().orElse(""))) {
        assertThat(entry).contains("**Meaning.** ", "**Cause.** ", "**Action.** ");
      }
    }
  }

  @Test
  void everyMeterThatTheRunbookNamesExists() throws IOException {
    String runbook = Files.readString(Path.of("deploy/RUNBOOK.md"));

    assertThat(METRIC.matcher(runbook).results().map(MatchResult::group))
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(scraped()).as(name).containsAnyOf(name, name + "_sum", name + "_total"));
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
    OpenProblems problems = new OpenProblems();
    problems.report("commit", Outlook.RETRIES, "no broker answers", "start it");
    new ProblemMeters(problems).bindTo(registry);
    new DurabilityMeters(new DurabilityTimes(), true).bindTo(registry);
    new StrayMeters(new StrayAmendments(problems)).bindTo(registry);
    new KafkaMeters(() -> 0).bindTo(registry);
    return Arrays.stream(registry.scrape().split("\n"))
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]")[0])
        .collect(Collectors.toSet());
  }
}
