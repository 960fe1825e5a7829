package io.millrace.web.meter;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.storage.DurabilityTimes;
import io.millrace.storage.DurabilityTimes.Snapshot;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Who owns the model, and how long it takes until what was trained is safe. */
@ApplicationScoped
public class DurabilityMeters implements MeterBinder {

  private final DurabilityTimes times;
  private final boolean trains;

  @Inject
  DurabilityMeters(DurabilityTimes times, InstanceSettings instance) {
    this(times, instance.role() != Role.SERVE);
  }

  /**
   * @param trains whether the instance may own the model
   */
  public DurabilityMeters(DurabilityTimes times, boolean trains) {
    this.times = times;
    this.trains = trains;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("millrace.owner", this, DurabilityMeters::owner)
        .description("1 where this instance owns the model, 0 for a standby, NaN for a replica")
        .register(registry);
    Gauge.builder("millrace.commit.age", times, DurabilityTimes::commitAgeSeconds)
        .description(
            "Time since this owner's last commit, or since it became the owner; NaN for others")
        .baseUnit("seconds")
        .register(registry);
    timer(registry, "millrace.commit", "Commits on the broker", DurabilityTimes::broker);
    timer(registry, "millrace.journal", "Entries written to the journal", DurabilityTimes::journal);
  }

  private double owner() {
    return trains ? (times.isOwner() ? 1 : 0) : Double.NaN;
  }

  private void timer(
      MeterRegistry registry,
      String name,
      String description,
      Function<DurabilityTimes, Snapshot> of) {
    FunctionTimer.builder(
            name,
            times,
            all -> of.apply(all).count(),
            all -> of.apply(all).seconds(),
            TimeUnit.SECONDS)
        .description(description + ", and the time they took")
        .register(registry);
  }
}
