package io.millrace.web.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.drift.DriftSignal;
import io.millrace.event.MetricRecord;
import io.millrace.event.MetricsSink;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;

/** Counts what each metric record reports. Counters start at 0 with the process. */
@ApplicationScoped
public class TrainingMeters implements MetricsSink {

  private final Counter examples;
  private final Counter replayed;
  private final Counter steps;
  private final Counter gradNormSpikes;
  private final Counter outOfMemory;
  private final Counter realTokens;
  private final Counter padding;
  private final Counter versions;
  private final Timer stepTime;
  private final Timer evaluationTime;
  private final MeterRegistry registry;
  private volatile double gradNorm = Double.NaN;

  TrainingMeters(MeterRegistry registry) {
    this.registry = registry;
    for (DriftSignal.Detector detector : DriftSignal.Detector.values()) {
      for (DriftSignal.Level level : DriftSignal.Level.values()) {
        driftSignals(detector, level); // each is there, at 0, before the first: a rate needs that
      }
    }
    examples =
        Counter.builder("millrace.examples.trained")
            .description("New examples trained on by this process")
            .register(registry);
    replayed =
        Counter.builder("millrace.examples.replayed")
            .description("Past examples that this process trained on again")
            .register(registry);
    steps =
        Counter.builder("millrace.steps")
            .description("Training steps of this process, refused ones included")
            .register(registry);
    gradNormSpikes =
        Counter.builder("millrace.gradient.norm.spikes")
            .description("Steps of this process whose gradient norm was far above recent ones")
            .register(registry);
    outOfMemory =
        Counter.builder("millrace.out.of.memory")
            .description(
                "Times that a step of this process began anew in smaller micro-batches, or without"
                    + " an example, because memory did not suffice")
            .register(registry);
    realTokens = tokens(registry, "real");
    padding = tokens(registry, "padding");
    versions =
        Counter.builder("millrace.versions.published")
            .description("Versions published by this process")
            .register(registry);
    stepTime =
        Timer.builder("millrace.step")
            .description("Wall time of a training step, its prequential forward pass included")
            .register(registry);
    evaluationTime =
        Timer.builder("millrace.evaluation")
            .description("Wall time of an evaluation on the held-out window")
            .register(registry);
    Gauge.builder("millrace.gradient.norm", () -> gradNorm)
        .description("Global gradient norm of the last step, before clipping")
        .register(registry);
  }

  private static Counter tokens(MeterRegistry registry, String kind) {
    return Counter.builder("millrace.tokens")
        .description("Tokens trained on by this process: real ones and padding")
        .tag("kind", kind)
        .register(registry);
  }

  private Counter driftSignals(DriftSignal.Detector detector, DriftSignal.Level level) {
    return Counter.builder("millrace.drift.signals")
        .description(
            "Signals of this process that the stream has changed (drift) or may have (warning)")
        .tag("detector", detector.name().toLowerCase(Locale.ROOT))
        .tag("level", level.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  @Override
  public void accept(MetricRecord record) {
    if (record instanceof MetricRecord.StepDone done) {
      steps.increment();
      MetricRecord.Replayed replay = done.replay();
      examples.increment(done.batchExamples() - replay.examples() - done.refusedExamples());
      replayed.increment(replay.examples() - replay.dropped());
      realTokens.increment(done.batchTokens());
      padding.increment(done.paddedTokens() - done.batchTokens());
      stepTime.record(toDuration(done.seconds()));
      outOfMemory.increment(done.outOfMemory());
      gradNorm = done.gradNorm();
      gradNormSpikes.increment(done.gradNormSpike() ? 1 : 0);
    } else if (record instanceof MetricRecord.Evaluated done) {
      evaluationTime.record(toDuration(done.seconds()));
      done.published().ifPresent(version -> versions.increment());
    } else if (record instanceof MetricRecord.Drifted drifted) {
      driftSignals(drifted.signal().detector(), drifted.signal().level()).increment();
    }
  }

  private static Duration toDuration(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
