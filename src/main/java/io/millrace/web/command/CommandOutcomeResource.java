package io.millrace.web.command;

import io.millrace.control.CommandOutcome;
import io.millrace.control.CommandOutcomes;
import io.millrace.web.problem.RefusedException;
import io.millrace.web.security.Roles;
import io.smallrye.common.annotation.Blocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * What became of a command. A class apart from {@link ControlResource}: an answer to OPTIONS names
 * the methods of all paths of its class.
 */
@Path("/api/v1/control/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Control")
@RolesAllowed(Roles.ADMIN)
public class CommandOutcomeResource {

  static final String ID = "[A-Za-z0-9_.:-]{1,100}";

  private static final Duration FOUND_WITHIN = Duration.ofSeconds(30);

  private final CommandOutcomes outcomes;
  private final OneSearch search = new OneSearch();

  CommandOutcomeResource(CommandOutcomes outcomes) {
    this.outcomes = outcomes;
  }

  /** What became of a command. */
  @GET
  @Blocking
  @Operation(
      summary = "What became of a command",
      description =
          "By its id. Reads the control and the metrics topic, so that any instance that trains, or"
              + " could, can tell; one search at a time.")
  @APIResponse(responseCode = "200", description = "Its answer, or that it waits for one")
  @APIResponse(responseCode = "401", description = "It needs a credential")
  @APIResponse(responseCode = "403", description = "The credential is not an administrator's")
  @APIResponse(responseCode = "404", description = "The topic has no command of this id")
  @APIResponse(
      responseCode = "503",
      description = "The broker does not tell, or another search runs")
  public CommandOutcome outcome(
      @PathParam("id")
          @Parameter(schema = @Schema(type = SchemaType.STRING, pattern = "^" + ID + "$"))
          String id)
      throws InterruptedException {
    if (!id.matches(ID)) {
      throw RefusedException.missing("An id has 1 to 100 letters, digits, or any of _.:-");
    }
    return search.run(() -> find(id));
  }

  private CommandOutcome find(String id) throws InterruptedException {
    try {
      return outcomes
          .find(id, FOUND_WITHIN)
          .orElseThrow(
              () ->
                  RefusedException.missing(
                      "The control topic has no command of this id: send it again"));
    } catch (IllegalStateException e) {
      throw RefusedException.unavailable("The command cannot be looked up: " + e.getMessage());
    }
  }
}
