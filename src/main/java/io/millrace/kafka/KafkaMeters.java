package io.millrace.kafka;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.LongSupplier;

/** Counts what this process did not send, read at each scrape. */
@ApplicationScoped
public class KafkaMeters implements MeterBinder {

  private final LongSupplier dropped;

  @Inject
  KafkaMeters(KafkaMetricsSink metrics) {
    this(metrics::dropped);
  }

  /**
   * @param dropped records of the metrics topic that were not sent, so far
   */
  public KafkaMeters(LongSupplier dropped) {
    this.dropped = dropped;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("millrace.metrics.dropped", dropped, LongSupplier::getAsLong)
        .description(
            "Records of the metrics topic that this process dropped, because the broker was away or"
                + " refused them")
        .register(registry);
  }
}
