package io.millrace.web.problem;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.millrace.serving.NoVersionException;
import io.millrace.serving.NotLoadedException;
import io.millrace.serving.model.OverloadedException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns what a request throws into a {@link Problem}. None repeats what the request said. */
public class ProblemMappers {

  private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

  private final AllowedMethods allowed;

  ProblemMappers(AllowedMethods allowed) {
    this.allowed = allowed;
  }

  @ServerExceptionMapper
  Response refused(RefusedException e) {
    return Problem.of(e.status(), e.getMessage()).response().build();
  }

  /** A token that nobody gave out, or that no longer holds. */
  @ServerExceptionMapper
  Response notAuthenticated(AuthenticationFailedException e) {
    return Problem.of(401).response().header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").build();
  }

  @ServerExceptionMapper
  Response unauthorized(UnauthorizedException e) {
    return Problem.of(401).response().header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").build();
  }

  @ServerExceptionMapper
  Response forbidden(ForbiddenException e) {
    return Problem.of(403).response().build();
  }

  @ServerExceptionMapper
  Response noVersion(NoVersionException e) {
    return Problem.of(503, e.getMessage()).response().header(HttpHeaders.RETRY_AFTER, 10).build();
  }

  @ServerExceptionMapper
  Response overloaded(OverloadedException e) {
    return Problem.of(503, e.getMessage()).response().header(HttpHeaders.RETRY_AFTER, 1).build();
  }

  @ServerExceptionMapper
  Response notLoaded(NotLoadedException e) {
    return Problem.of(404, e.getMessage()).response().build();
  }

  @ServerExceptionMapper
  Response tooManyStreams(TooManyStreamsException e) {
    return Problem.of(503, "All event streams are taken")
        .response()
        .header(HttpHeaders.RETRY_AFTER, 10)
        .build();
  }

  /** A field of the wrong type. Named apart, for Quarkus brings a mapper that echoes the value. */
  @ServerExceptionMapper
  Response mismatch(MismatchedInputException e) {
    return Problem.of(400, jsonError(e)).response().build();
  }

  @ServerExceptionMapper
  Response json(JsonProcessingException e) {
    return Problem.of(400, jsonError(e)).response().build();
  }

  @ServerExceptionMapper
  Response notAllowed(NotAllowedException e, UriInfo uri) {
    return Problem.of(405).response().header(HttpHeaders.ALLOW, allowed.on(uri.getPath())).build();
  }

  /** Whatever else the framework refuses: its status, and our words. */
  @ServerExceptionMapper
  Response framework(WebApplicationException e) {
    Response refusal = e.getResponse();
    int status = refusal.getStatus();
    if (status < 400) {
      return refusal;
    }
    Problem problem =
        e.getCause() instanceof JsonProcessingException json
            ? Problem.of(status, jsonError(json))
            : Problem.of(status);
    return problem.response().build();
  }

  @ServerExceptionMapper
  Response unexpected(Throwable e) {
    return failed(e).response().build();
  }

  /** Logs an unexpected failure; the response says only where to look for it. */
  static Problem failed(Throwable e) {
    String id = UUID.randomUUID().toString();
    LOG.errorf(e, "Request failed (%s)", id);
    return Problem.of(500, "The service failed; its log has the cause under " + id);
  }

  /** Where the JSON is wrong; Jackson's own message would quote it. */
  private static String jsonError(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    String path =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(
                    step ->
                        step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
                .collect(Collectors.joining("."))
            : "";
    return path.isEmpty()
        ? "The body is not the JSON expected" + place
        : "The body's field " + path + " has the wrong type" + place;
  }
}
