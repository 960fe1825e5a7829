package io.millrace.web.live;

import io.millrace.web.history.MetricsHistory;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where training stands, and how it came there. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Training")
public class StatusResource {

  private final StatusReports reports;
  private final MetricsHistory history;

  StatusResource(StatusReports reports, MetricsHistory history) {
    this.reports = reports;
    this.history = history;
  }

  @GET
  @Path("status")
  @Operation(
      summary = "Where training stands",
      description = "Undefined numbers (a loss before the first step) are null.")
  public StatusReport status() {
    return reports.now();
  }

  @GET
  @Path("metrics/history")
  @Operation(
      summary = "Loss and accuracy since this process started",
      description =
          "Bounded: when a curve has as many points as millrace.web.history-points, neighbours are"
              + " merged. The complete record is the metrics topic.")
  public MetricsHistory.Curves history() {
    return history.curves();
  }
}
