package io.millrace.web.meter;

import static java.lang.Double.NaN;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.example.DeadLetter;
import io.millrace.gate.PublicationSettings;
import io.millrace.report.StatusView;
import io.millrace.report.StatusView.Status;
import io.millrace.score.Evaluation;
import io.millrace.serving.Predictor;
import io.millrace.web.live.StatusReports;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Shows the status as meters, read at each scrape. What is unknown is NaN. */
@ApplicationScoped
class StatusMeters implements MeterBinder {

  private final StatusView training;
  private final Predictor predictor;
  private final PublicationSettings publication;

  StatusMeters(StatusView training, Predictor predictor, PublicationSettings publication) {
    this.training = training;
    this.predictor = predictor;
    this.publication = publication;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    new Binding(registry).bindAll();
  }

  private final class Binding {

    private final MeterRegistry registry;

    Binding(MeterRegistry registry) {
      this.registry = registry;
    }

    void bindAll() {
      seconds("millrace.training.busy", "Time the training thread worked", Status::busySeconds);
      seconds(
          "millrace.training.wait",
          "Time the training thread waited for a batch",
          Status::waitSeconds);
      gauge(
          "millrace.training.loss",
          "nats",
          "Mean training loss of the examples of this owner's last 50 steps",
          Status::loss);
      ratio(
          "millrace.prequential.accuracy",
          "Accuracy on recent examples, each scored before it was trained on",
          Status::prequentialAccuracy);
      ratio(
          "millrace.prequential.constant.accuracy",
          "What always answering the most frequent class would score on them",
          Status::prequentialConstantAccuracy);
      gauge(
          "millrace.heldout.loss",
          "nats",
          "Mean loss on the held-out window at the last evaluation",
          status -> lastOf(status, Evaluation::loss));
      ratio(
          "millrace.heldout.accuracy",
          "Accuracy on the held-out window at the last evaluation",
          status -> lastOf(status, Evaluation::accuracy));
      ratio(
          "millrace.heldout.constant.accuracy",
          "What always answering the most frequent class would score on it",
          status -> lastOf(status, Evaluation::constantAccuracy));
      gauge(
          "millrace.heldout.examples",
          null,
          "Examples in the held-out window",
          Status::heldOutExamples);
      gauge(
          "millrace.lag",
          "records",
          "Records on the broker that are not trained on yet",
          status -> orNaN(status.lag()));
      ratio("millrace.padding", "Share of padding in the tokens trained", Status::paddingShare);
      gauge(
          "millrace.current.version",
          null,
          "The current published version",
          status -> orNaN(status.currentVersion()));
      Gauge.builder("millrace.training.failure", () -> training.failure().isPresent() ? 1 : 0)
          .description(
              "1 while training is broken or has stopped for good, as liveness says; else 0")
          .register(registry);
      gauge(
          "millrace.evaluation.share",
          null,
          "Time taken by evaluations per time taken by training steps, since this owner's start",
          Status::evaluationShare);
      gauge(
          "millrace.publication.problem",
          null,
          "1 while a version cannot be sent to the artifact store, or was given up; else 0",
          status -> status.publicationProblem().isPresent() ? 1 : 0);
      Gauge.builder("millrace.served.version", () -> orNaN(predictor.servedVersion()))
          .description("The version that answers predictions")
          .register(registry);
      Gauge.builder(
              "millrace.served.newest.example.age", () -> StatusReports.age(predictor).orElse(NaN))
          .description(
              "Age of the newest example that the version that answers predictions was trained on")
          .baseUnit("seconds")
          .register(registry);
      Gauge.builder("millrace.freshness.target", () -> publication.freshness().toMillis() / 1e3)
          .description("The age that it may have, millrace.publication.freshness")
          .baseUnit("seconds")
          .register(registry);
      FunctionCounter.builder(
              "millrace.replaced.timestamps", training, StatusView::replacedTimestamps)
          .description(
              "Examples read by this process whose timestamp cannot be, so that the record's"
                  + " stands")
          .register(registry);
      for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
        deadLetters(reason.name());
      }
    }

    private void gauge(
        String name, String unit, String description, ToDoubleFunction<Status> value) {
      Gauge.builder(name, training, view -> value.applyAsDouble(view.status()))
          .description(description)
          .baseUnit(unit)
          .register(registry);
    }

    private void ratio(String name, String description, ToDoubleFunction<Status> value) {
      gauge(name, "ratio", description + ", 0 to 1", value);
    }

    private void seconds(String name, String description, ToDoubleFunction<Status> value) {
      FunctionCounter.builder(name, training, view -> value.applyAsDouble(view.status()))
          .description(description)
          .baseUnit("seconds")
          .register(registry);
    }

    private void deadLetters(String reason) {
      FunctionCounter.builder(
              "millrace.dead.letters", training, view -> countOf(view.status(), reason))
          .description("Records refused, by the rule they broke, since the base model")
          .tag("reason", reason.toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  private static double lastOf(Status status, ToDoubleFunction<Evaluation> value) {
    return status.lastEvaluation().map(value::applyAsDouble).orElse(Double.NaN);
  }

  private static double countOf(Status status, String reason) {
    return status.deadLetters().entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(reason))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static double orNaN(Optional<Long> value) {
    return value.map(Long::doubleValue).orElse(Double.NaN);
  }
}
