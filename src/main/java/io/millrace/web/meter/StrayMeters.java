package io.millrace.web.meter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.example.Amendment;
import io.millrace.stray.StrayAmendments;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;

/** Shows the counts, read at each scrape. */
@ApplicationScoped
public class StrayMeters implements MeterBinder {

  private final StrayAmendments strays;

  public StrayMeters(StrayAmendments strays) {
    this.strays = strays;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Amendment.Kind kind : Amendment.Kind.values()) {
      FunctionCounter.builder("millrace.stray.amendments", strays, all -> all.count(kind))
          .description(
              "Records read by this process whose id was last seen in another partition, so that"
                  + " they supersede or retract nothing there")
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }
}
