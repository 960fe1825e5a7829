package io.millrace.web.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.storage.Json;
import io.millrace.web.limits.BodyLimit;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Turns a request that is refused or fails before it reaches a resource into a {@link Problem}.
 * What is no HTTP, asks for no URI, or has too long a URI or headers, Vert.x and Quarkus answer
 * below the router, with an empty body that nothing can reach.
 */
@ApplicationScoped
public class RouterProblems {

  /** Before Quarkus's own check, which answers without a body. */
  private static final int BEFORE_THE_LIMIT = 100;

  /** Behind it, which has set the limit of bodies that do not tell their length. */
  private static final int BEHIND_THE_LIMIT = 1;

  private final long maxBody;

  RouterProblems(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBody) {
    this.maxBody = maxBody.asLongValue();
  }

  void limit(@Observes Filters filters) {
    filters.register(this::checkLength, BEFORE_THE_LIMIT);
    filters.register(this::leaveToBodyLimit, BEHIND_THE_LIMIT);
  }

  void answer(@Observes Router router) {
    router.route().order(-BEFORE_THE_LIMIT).failureHandler(RouterProblems::refuse);
  }

  private void checkLength(RoutingContext context) {
    String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null || Long.parseLong(length) <= maxBody) {
      context.next();
    } else {
      context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // leaves it unread
      context.fail(413);
    }
  }

  /** Quarkus ends the answer itself where a body of chunks grows too large: {@link BodyLimit}. */
  private void leaveToBodyLimit(RoutingContext context) {
    context.put(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY, 2 * maxBody);
    context.next();
  }

  private static void refuse(RoutingContext context) {
    Throwable failure = context.failure();
    int status = context.statusCode();
    if (context.response().headWritten()) {
      context.next();
    } else if (failure instanceof ForbiddenException) {
      send(context, Problem.of(403));
    } else if (failure instanceof SecurityException) {
      context.next(); // Quarkus has KeyAuthentication ask for a credential
    } else if (failure instanceof RejectedExecutionException) {
      send(context, Problem.of(503));
    } else if (failure == null || status >= 400 && status < 500) {
      send(context, Problem.of(status));
    } else {
      send(context, ProblemMappers.failed(failure));
    }
  }

  /** Ends the response with a problem. */
  public static void send(RoutingContext context, Problem problem) {
    try {
      var unused =
          context
              .response()
              .setStatusCode(problem.status())
              .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
              .end(Buffer.buffer(Json.MAPPER.writeValueAsBytes(problem)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a problem has no JSON form", e);
    }
  }
}
