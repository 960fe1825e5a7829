package io.millrace.web.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.control.Command;
import io.millrace.control.CommandNotSentException;
import io.millrace.control.CommandSender;
import io.millrace.storage.Json;
import io.millrace.web.limits.LimitFilter;
import io.millrace.web.limits.RequestLimits;
import io.millrace.web.problem.Problem;
import io.millrace.web.problem.RefusedException;
import io.millrace.web.security.Roles;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/** Commands for the trainer, sent through the control topic: whichever instance owns it obeys. */
@Path("/api/v1/control")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Control")
@RolesAllowed(Roles.ADMIN)
public class ControlResource {

  private static final Logger LOG = Logger.getLogger(ControlResource.class);

  /** Longer than the sender takes to give up. */
  private static final Duration SENT_WITHIN = Duration.ofSeconds(15);

  private final CommandSender sender;
  private final RequestLimits limits;
  private final SecurityIdentity caller;

  ControlResource(CommandSender sender, RequestLimits limits, SecurityIdentity caller) {
    this.sender = sender;
    this.limits = limits;
    this.caller = caller;
  }

  @POST
  @Operation(
      summary = "Pause, resume, publish now, re-warm, or roll back",
      description =
          "Returns once the broker has the command. The answer, done or refused and why, comes as"
              + " an event of type command, on the metrics topic, and by the id here. An id is"
              + " obeyed once: where nothing was confirmed, send the same id again.")
  @APIResponse(
      responseCode = "202",
      description = "Sent; Location has its answer",
      content = @Content(schema = @Schema(implementation = Sent.class)))
  @APIResponse(responseCode = "400", description = "No such command")
  @APIResponse(responseCode = "401", description = "It needs a credential")
  @APIResponse(responseCode = "403", description = "The credential is not an administrator's")
  @APIResponse(responseCode = "429", description = "More commands than a minute may have")
  @APIResponse(
      responseCode = "503",
      description = "It was not sent, and will not be",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = CommandProblem.class)))
  @APIResponse(
      responseCode = "504",
      description = "The broker has not confirmed it: the outcome is unknown, ask by the id",
      content =
          @Content(
              mediaType = Problem.MEDIA_TYPE,
              schema = @Schema(implementation = CommandProblem.class)))
  public Uni<Response> command(ControlRequest request) {
    if (request == null) {
      throw RefusedException.invalid("The body is empty");
    }
    Duration wait = limits.command();
    if (!wait.isZero()) {
      return Uni.createFrom()
          .item(
              Problem.of(429)
                  .response()
                  .header(HttpHeaders.RETRY_AFTER, LimitFilter.retryAfter(wait))
                  .build());
    }
    String id = request.id().orElseGet(() -> UUID.randomUUID().toString());
    ObjectNode json = Json.MAPPER.createObjectNode().put("id", id);
    request.command().ifPresent(command -> json.put("command", command));
    request.version().ifPresent(version -> json.put("version", version));
    request.data().ifPresent(data -> json.put("data", data));
    json.put("by", Asking.name(caller));
    byte[] bytes = json.toString().getBytes(UTF_8);
    try {
      Command.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw RefusedException.invalid("Not a command: " + e.getMessage());
    }
    return Uni.createFrom()
        .completionStage(() -> sender.send(bytes))
        .ifNoItem()
        .after(SENT_WITHIN)
        .fail()
        .map(sent -> response(Response.accepted(new Sent(id)), id))
        .onFailure()
        .recoverWithItem(failure -> failed(id, failure));
  }

  private static Response failed(String id, Throwable failure) {
    if (failure instanceof CommandNotSentException) {
      return problem(503, "The command was not sent: " + failure.getMessage(), id);
    }
    LOG.warnf("command %s was not confirmed: %s", id, failure.toString());
    return problem(
        504,
        "The broker has not confirmed the command, its outcome is unknown: ask by this id, or send"
            + " it again with it, for an id is obeyed once",
        id);
  }

  private static Response problem(int status, String detail, String id) {
    Problem problem = Problem.of(status, detail);
    return response(
        problem
            .response()
            .entity(
                new CommandProblem(
                    problem.type(), problem.title(), problem.status(), problem.detail(), id)),
        id);
  }

  private static Response response(Response.ResponseBuilder response, String id) {
    return response.location(URI.create("/api/v1/control/" + id)).build();
  }

  /**
   * A command.
   *
   * @param id chosen by the sender, so that it can be sent again; made up where it is missing
   * @param command {@code pause}, {@code resume}, {@code publish}, {@code re-warm} or {@code
   *     roll-back}
   * @param version to roll back to
   * @param data {@code replay} or {@code skip} what came since
   */
  public record ControlRequest(
      @Schema(pattern = "^" + CommandOutcomeResource.ID + "$") Optional<String> id,
      @Schema(enumeration = {"pause", "resume", "publish", "re-warm", "roll-back"})
          Optional<String> command,
      Optional<Long> version,
      Optional<String> data) {}

  /** A command that is on its way. */
  public record Sent(String id) {}

  /**
   * A {@link Problem} with a command.
   *
   * @param id the command's: made up where the request had none
   */
  @Schema(name = "CommandProblem", description = "An error (RFC 9457), with the command's id")
  public record CommandProblem(String type, String title, int status, String detail, String id) {}
}
