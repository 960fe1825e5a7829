package io.millrace.web;

import io.millrace.drift.DriftSignal;
import io.millrace.event.MetricRecord;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.gate.PublicationSettings;
import io.millrace.learner.ReplayCounts;
import io.millrace.report.StatusView;
import io.millrace.report.TrainerState;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.serving.Predictor;
import io.millrace.serving.model.ServingModel;
import io.millrace.serving.model.TextInput;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import io.millrace.web.history.WebSettings;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Records, settings and a training loop that only reports. */
public final class Fakes {

  private Fakes() {}

  public static WebSettings settings(Map<String, String> changes) {
    return new SmallRyeConfigBuilder()
        .withMapping(WebSettings.class)
        .withConverter(Duration.class, 200, new DurationConverter())
        .withDefaultValues(changes)
        .build()
        .getConfigMapping(WebSettings.class);
  }

  /** Default settings. */
  public static PublicationSettings publication() {
    return new SmallRyeConfigBuilder()
        .withMapping(PublicationSettings.class)
        .withConverter(Duration.class, 200, new DurationConverter())
        .build()
        .getConfigMapping(PublicationSettings.class);
  }

  /** A predictor whose models know no text. */
  public static Predictor predictor(ListedVersions versions) {
    return new Predictor(versions, version -> new NoModel(), Labels.TASK, Runnable::run);
  }

  private record NoModel() implements ServingModel {
    @Override
    public CompletableFuture<float[][]> logits(List<TextInput> inputs) {
      return CompletableFuture.completedFuture(new float[inputs.size()][2]);
    }

    @Override
    public void close() {}
  }

  public static MetricRecord.StepDone step(long step, double loss) {
    return new MetricRecord.StepDone(
        "default",
        Examples.NOON.plusSeconds(step),
        step,
        32 * step,
        32,
        900,
        1000,
        List.of(16, 16),
        1,
        loss,
        0.5,
        step == 2,
        5e-5,
        0.4,
        0.8,
        new Interval(0.7, 0.87),
        0.6,
        0.25,
        0.01,
        1,
        Optional.of(100L),
        new MetricRecord.Replayed(false, 8, 2, 8 * step));
  }

  public static MetricRecord.Drifted drifted(
      DriftSignal.Detector detector, DriftSignal.Level level) {
    return new MetricRecord.Drifted(
        "default", Examples.NOON, 1, new DriftSignal(detector, level, 0.7, 0.1, 96, List.of()));
  }

  public static MetricRecord.Evaluated evaluated(long step, Optional<Long> published) {
    return new MetricRecord.Evaluated(
        "default",
        Examples.NOON.plusSeconds(step),
        step,
        Versions.evaluation(0.9),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        published,
        EvaluationOutcome.PUBLISH,
        "why",
        Optional.empty(),
        Optional.empty(),
        1.5);
  }

  /** A loop in any state. */
  public static final class Training implements StatusView {
    public boolean started;
    public boolean restartHelps;
    public Optional<String> failure = Optional.empty();
    public Optional<Evaluation> evaluation = Optional.empty();
    public Map<String, Long> deadLetters = Map.of();
    public long replacedTimestamps;

    @Override
    public long replacedTimestamps() {
      return replacedTimestamps;
    }

    @Override
    public Status status() {
      return new Status(
          "default",
          "tiny",
          "cpu",
          TrainerState.TRAINING,
          List.of("ham", "spam"),
          7,
          224,
          10,
          300,
          0.5,
          0.8,
          0.6,
          10,
          evaluation,
          Optional.empty(),
          Optional.empty(),
          deadLetters,
          Map.of(),
          0.1,
          90,
          10,
          0.05,
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          ReplayCounts.NONE);
    }

    @Override
    public boolean started() {
      return started;
    }

    @Override
    public Optional<String> failure() {
      return failure;
    }

    @Override
    public boolean stopped() {
      return failure.isPresent();
    }

    @Override
    public boolean restartHelps() {
      return restartHelps;
    }
  }
}
