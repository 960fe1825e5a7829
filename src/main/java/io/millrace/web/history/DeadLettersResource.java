package io.millrace.web.history;

import io.millrace.report.StatusView;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What was refused, and why. */
@Path("/api/v1/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Training")
public class DeadLettersResource {

  private final StatusView training;
  private final RecentDeadLetters recent;

  DeadLettersResource(StatusView training, RecentDeadLetters recent) {
    this.training = training;
    this.recent = recent;
  }

  @GET
  @Operation(
      summary = "Refused records: counts by reason, and the last ones",
      description =
          "The counts are since the base model, the list is of this process: the last 200 that are"
              + " on the dead-letter topic, newest first. What they say is left out, unless"
              + " millrace.web.show-text allows it.")
  public DeadLetters list() {
    return new DeadLetters(training.status().deadLetters(), recent.newestFirst());
  }

  /**
   * What was refused.
   *
   * @param counts by reason, since the base model
   * @param recent the last that this process sent, newest first
   */
  public record DeadLetters(Map<String, Long> counts, List<RecentDeadLetters.Letter> recent) {}
}
