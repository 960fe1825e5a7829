package io.millrace.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.backtest.report.ReportFiles;
import io.millrace.backtest.report.ReportMaker;
import io.millrace.backtest.report.StrategyReport;
import io.millrace.backtest.report.StreamReport;
import io.millrace.backtest.report.Verdict;
import io.millrace.config.PipelineConfig;
import io.millrace.input.InputTopics;
import io.millrace.storage.Json;
import io.millrace.testing.TinyBase;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny model on a stream whose two words change their meaning behind its first third. */
class BacktestTest {

  private static final int EXAMPLES = 600;
  private static final int CHANGE = 200;

  @TempDir private static Path folder;

  private static final List<String> begun = new ArrayList<>();
  private static final List<StreamReport> reports = new ArrayList<>();
  private static long expected;
  private static long trained;
  private static StreamReport report;

  @BeforeAll
  static void wholeStream() throws IOException {
    TinyBase.write(folder.resolve("base"));
    try (Backtest trial = trial(EXAMPLES)) {
      expected = trial.expectedExamples();
      report =
          ReportMaker.report(
              trial.run(
                  new Backtest.Listener() {
                    @Override
                    public void onArm(String name) {
                      begun.add(name);
                    }

                    @Override
                    public void onTrained(long examples) {
                      trained += examples;
                    }

                    @Override
                    public void onResult(BacktestResult known) {
                      reports.add(ReportMaker.report(known));
                    }
                  }));
    }
  }

  @Test
  void whoLearnsFollowsTheStreamAndWhoIsFrozenDoesNot() {
    assertThat(begun)
        .containsExactly(
            "frozen",
            "continuous",
            "from scratch",
            "no drift reaction",
            "no idle time",
            "no replay",
            "neither")
        .isEqualTo(report.arms().stream().map(StrategyReport::name).toList());
    StrategyReport frozen = report.arms().get(0);
    StrategyReport continuous = arm(report, "continuous");
    assertThat(frozen.byTenth().get(0).mean()).as("no model yet").isNaN();
    assertThat(frozen.byTenth().get(2).mean()).isGreaterThan(0.95);
    assertThat(frozen.byTenth().get(9).mean()).isLessThan(0.05);
    assertThat(frozen.publications()).isEmpty();
    assertThat(continuous.byTenth().get(9).mean()).isGreaterThan(0.95);
    assertThat(continuous.forgotten()).as("of what is no longer so").isGreaterThan(0.9);
    assertThat(frozen.forgotten()).isZero();
    assertThat(report.verdicts().get(0).met()).isTrue();
    assertThat(report.stream().compared() + report.stream().heldOut())
        .isBetween(EXAMPLES * 9 / 10, EXAMPLES);
  }

  @Test
  void theWorkIsKnownBeforehand() throws IOException {
    assertThat(trained).isCloseTo(expected, withinPercentage(5));
    try (Backtest trial = trial(100)) {
      assertThat(trial.expectedDuration()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
    }
  }

  @Test
  void examplesProcessedAreCountedAsOftenAsTheyWereTrainedOn() {
    int examples = report.stream().examples() - report.stream().heldOut();
    assertThat(trained(report, "continuous")).isCloseTo(3L * examples, withinPercentage(5));
    assertThat(trained(report, "no idle time"))
        .isBetween(Math.round(1.25 * examples), Math.round(4.0 / 3 * examples));
    assertThat(trained(report, "no replay")).isEqualTo(examples);
    assertThat(trained(report, "neither")).isEqualTo(examples);
    assertThat(trained(report, "from scratch")).isGreaterThan(3L * examples);
  }

  @Test
  void afterEachArmWhatIsKnownIsReported() {
    assertThat(reports).hasSize(7).last().isEqualTo(report);
    assertThat(reports).extracting(StreamReport::complete).endsWith(false, true);
    assertThat(reports.get(1).verdicts()).extracting(Verdict::to).containsExactly("frozen");
  }

  @Test
  void whatTheGateDidIsJudgedByWhatCameLater() {
    Publications made = arm(report, "continuous").publications().orElseThrow();
    assertThat(made.published()).isGreaterThan(1).isEqualTo(made.versions().size());
    assertThat(made.versions().get(0).predecessorLoss()).isNaN();
    assertThat(made.versions().get(1).predecessorLoss()).isPositive();
    assertThat(made.judged()).as("fewer than 200 held-out examples are left").isZero();
  }

  @Test
  void aSecondRunSaysTheSame() throws IOException {
    StreamReport first = run(200);
    StreamReport second = run(200);

    assertThat(second.differences()).isEqualTo(first.differences());
    assertThat(second.arms())
        .extracting(StrategyReport::name)
        .containsExactly("frozen", "continuous", "from scratch");
    assertThat(second.arms().get(1).oldestByTenth()).isEqualTo(first.arms().get(1).oldestByTenth());
  }

  @Test
  void theFilesHaveWhatTheReportHas() throws IOException {
    ReportFiles.write(report, folder.resolve("results"));

    JsonNode json = Json.MAPPER.readTree(folder.resolve("results/stream.json").toFile());
    assertThat(json.at("/stream/examples").asInt()).isEqualTo(EXAMPLES);
    assertThat(json.at("/ours").asText()).isEqualTo(json.at("/arms/1/name").asText());
    assertThat(json.at("/complete").asBoolean()).isTrue();
    assertThat(json.at("/arms/1/accuracy/mean").asDouble())
        .isEqualTo(report.arms().get(1).accuracy().mean());
    assertThat(json.at("/arms/0/byTenth/0/mean").isNull()).as("undefined").isTrue();
    assertThat(json.at("/arms/1/publications/judged").isNumber()).isTrue();
    assertThat(json.at("/verdicts/0/met").isBoolean()).isTrue();
    assertThat(json.at("/setup/settings").has("training.learning-rate")).isTrue();
    assertThat(folder.resolve("results/stream.svg")).content().startsWith("<svg");
  }

  @Test
  void aStreamThatIsTooShortIsRefused() {
    assertThatThrownBy(() -> trial(99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 99 usable examples, 100 are the least");
  }

  private static StreamReport run(int limit) throws IOException {
    try (Backtest trial = trial(limit)) {
      return ReportMaker.report(
          trial.run(
              new Backtest.Listener() {
                @Override
                public void onArm(String name) {}

                @Override
                public void onTrained(long examples) {}

                @Override
                public void onResult(BacktestResult known) {}
              }));
    }
  }

  private static Backtest trial(int limit) throws IOException {
    return new Backtest(
        new Backtest.Options(stream(), limit, 4, /* lesser= */ limit == EXAMPLES),
        BacktestTest::config);
  }

  private static Path stream() throws IOException {
    Random random = new Random(5);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      boolean good = random.nextBoolean();
      // Different texts: the held-out tenth goes by their hash.
      String text =
          "%s %s n%d".formatted(good ? "good" : "bad", random.nextBoolean() ? "so" : "very", i);
      lines.add(
          "{\"text\": \"%s\", \"label\": \"%s\", \"timestamp\": \"%s\"}"
              .formatted(text, good == i < CHANGE ? "high" : "low", Instant.EPOCH.plusSeconds(i)));
    }
    Collections.shuffle(lines, random);
    return Files.write(folder.resolve("stream.jsonl"), lines);
  }

  private static PipelineConfig config(Map<String, String> settings) {
    Map<String, String> values = new HashMap<>();
    values.put("millrace.model.base", folder.resolve("base").toString());
    values.put("millrace.device", "cpu");
    // Of a random base the first token alone says too little of the others.
    values.put("millrace.model.pooling", "mean");
    values.put("millrace.batch.chunk-examples", "16");
    values.put("millrace.batch.max-examples", "8");
    values.put("millrace.training.learning-rate", "0.01");
    values.put("millrace.training.warmup-steps", "0");
    values.put("millrace.evaluation.every-examples", "50");
    values.put("millrace.publication.min-held-out-per-label", "2");
    values.put("millrace.evaluation.held-out-window", "40");
    values.put("millrace.publication.min-examples", "20");
    values.put("millrace.publication.golden-per-label", "0");
    values.put("millrace.drift.warm-up", "100");
    values.put("millrace.drift.cool-down", "100");
    values.put("millrace.replay.size", "100");
    values.putAll(settings);
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder().withConverter(Duration.class, 100, new DurationConverter());
    PipelineConfig.MAPPINGS.forEach(builder::withMapping);
    return PipelineConfig.of(
        builder.withDefaultValues(values).build(), new InputTopics("examples", "heldout", "retry"));
  }

  private static long trained(StreamReport report, String arm) {
    return arm(report, arm).examplesTrained();
  }

  private static StrategyReport arm(StreamReport report, String name) {
    return report.arms().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }
}
