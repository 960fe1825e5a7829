package io.millrace.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.pipeline.Command;
import io.millrace.pipeline.CommandSender;
import io.millrace.publication.Json;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Commands for the trainer, sent through the control topic: whichever instance owns it obeys. */
@Path("/api/v1/control")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Control")
@RolesAllowed(Roles.ADMIN)
public class ControlResource {

  private static final Duration SENT_WITHIN = Duration.ofSeconds(10);

  private final CommandSender sender;
  private final RequestLimits limits;

  ControlResource(CommandSender sender, RequestLimits limits) {
    this.sender = sender;
    this.limits = limits;
  }

  @POST
  @Operation(
      summary = "Pause, resume, publish now, or roll back",
      description =
          "Returns once the broker has the command. The answer, done or refused and why, comes as"
              + " an event of type command, and on the metrics topic.")
  @APIResponse(responseCode = "202", description = "Sent; the id tells its answer")
  @APIResponse(responseCode = "400", description = "No such command")
  @APIResponse(responseCode = "401", description = "It needs a credential")
  @APIResponse(responseCode = "403", description = "The credential is not an administrator's")
  @APIResponse(responseCode = "429", description = "More commands than a minute may have")
  @APIResponse(responseCode = "503", description = "The broker does not take it")
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
        .onFailure()
        .transform(
            failure ->
                RefusedException.unavailable("The command was not sent: " + failure.getMessage()))
        .map(sent -> Response.accepted(new Sent(id)).build());
  }

  /**
   * A command.
   *
   * @param id chosen by the sender, so that it can be sent again; made up where it is missing
   * @param command {@code pause}, {@code resume}, {@code publish} or {@code roll-back}
   * @param version to roll back to
   * @param data {@code replay} or {@code skip} what came since
   */
  public record ControlRequest(
      Optional<String> id,
      Optional<String> command,
      Optional<Long> version,
      Optional<String> data) {}

  /** A command that is on its way. */
  public record Sent(String id) {}
}
