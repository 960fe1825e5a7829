package io.millrace.web.history;

import io.millrace.event.MetricRecord;
import io.millrace.score.ClassScore;
import io.millrace.score.Confusion;
import io.millrace.score.Evaluation;
import io.millrace.web.problem.RefusedException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The last evaluation in full: what grows with the labels, and with their square. */
@Path("/api/v1/evaluations/latest")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Training")
public class EvaluationsResource {

  private final MetricsHistory history;

  public EvaluationsResource(MetricsHistory history) {
    this.history = history;
  }

  @GET
  @Operation(
      summary = "The last evaluation in full, as on the metrics topic",
      description =
          "With the scores of every label and the confusion matrices. Status, history and event"
              + " stream have those of at most 50 labels, and no matrix.")
  @APIResponse(responseCode = "200", description = "The evaluation")
  @APIResponse(responseCode = "404", description = "None was made since this process started")
  public MetricRecord.Evaluated latest() {
    return last();
  }

  @GET
  @Path("confusion")
  @Operation(
      summary = "Which labels the last evaluation confuses",
      description =
          "The most frequent confusions of the weights in training and of the current version; with"
              + " matrix=true the matrices, whose size is the number of labels squared.")
  @APIResponse(responseCode = "200", description = "The confusions")
  @APIResponse(responseCode = "404", description = "None was made since this process started")
  public ConfusionReport confusion(@QueryParam("matrix") @DefaultValue("true") boolean matrix) {
    MetricRecord.Evaluated last = last();
    return new ConfusionReport(
        last.step(),
        last.time(),
        scores(Optional.empty(), last.candidate(), matrix),
        last.champion().map(champion -> scores(last.championVersion(), champion, matrix)));
  }

  private MetricRecord.Evaluated last() {
    return history
        .lastEvaluation()
        .orElseThrow(
            () -> RefusedException.missing("No evaluation was made since this process started"));
  }

  private static Confusions scores(Optional<Long> version, Evaluation evaluation, boolean matrix) {
    return new Confusions(
        version,
        evaluation.classes().stream().map(ClassScore::label).toList(),
        Confusion.largest(evaluation, MetricsHistory.TOP_CONFUSIONS),
        matrix ? Optional.of(evaluation.confusion()) : Optional.empty());
  }

  /**
   * What the last evaluation confused.
   *
   * @param step steps trained before it
   * @param time when it was done
   * @param candidate the weights in training
   * @param champion the current version on the same examples; absent before the first
   */
  @Schema(name = "ConfusionReport")
  public record ConfusionReport(
      long step, Instant time, Confusions candidate, Optional<Confusions> champion) {}

  /**
   * The confusions of one model.
   *
   * @param version its number; absent for the weights in training
   * @param labels in the matrix's order
   * @param top the most frequent, at most ten
   * @param matrix row the true label, column the predicted one; absent where it was not asked for
   */
  @Schema(name = "Confusions")
  public record Confusions(
      Optional<Long> version,
      List<String> labels,
      List<Confusion> top,
      Optional<List<List<Long>>> matrix) {}
}
