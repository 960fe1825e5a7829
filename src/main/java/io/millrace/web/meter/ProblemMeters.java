package io.millrace.web.meter;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;

/** A gauge for each open problem, 1 while it is open and absent otherwise. */
@ApplicationScoped
public class ProblemMeters implements MeterBinder {

  private final OpenProblems problems;

  public ProblemMeters(OpenProblems problems) {
    this.problems = problems;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    MultiGauge gauges =
        MultiGauge.builder("millrace.problem")
            .description("1 for each problem that is open, by place and outlook; else absent")
            .register(registry);
    Runnable show = () -> show(gauges);
    problems.onChange(show);
    show.run();
  }

  /** One thread at a time, else an older picture could replace a newer one. */
  private synchronized void show(MultiGauge gauges) {
    gauges.register(
        problems.all().stream().map(ProblemMeters::row).toList(), /* overwrite= */ true);
  }

  private static MultiGauge.Row<?> row(OpenProblem problem) {
    return MultiGauge.Row.of(
        Tags.of(
            "place", problem.place(), "outlook", problem.outlook().name().toLowerCase(Locale.ROOT)),
        1);
  }
}
