package io.millrace.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.publication.Json;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Turns what is refused in front of the resources into a {@link Problem}. What is no HTTP, or asks
 * for no URI, Vert.x and Quarkus answer below the router, with an empty 400 that nothing can reach.
 */
@ApplicationScoped
class RouterProblems {

  /** Before Quarkus's own check, which answers without a body. */
  private static final int BEFORE_THE_LIMIT = 100;

  private final long maxBody;

  RouterProblems(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBody) {
    this.maxBody = maxBody.asLongValue();
  }

  void limit(@Observes Filters filters) {
    filters.register(this::checkLength, BEFORE_THE_LIMIT);
  }

  void answer(@Observes Router router) {
    router.route().order(-BEFORE_THE_LIMIT).failureHandler(RouterProblems::refuse);
  }

  /**
   * Only what is announced; Quarkus cuts a body of chunks off where it is read, with a bare 413.
   */
  private void checkLength(RoutingContext context) {
    String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null || Long.parseLong(length) <= maxBody) {
      context.next();
    } else {
      context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // leaves it unread
      context.fail(413);
    }
  }

  private static void refuse(RoutingContext context) {
    int status = context.statusCode();
    if (status < 400 || status >= 500 || context.response().headWritten()) {
      context.next();
      return;
    }
    send(context, status);
  }

  /** Ends the response with a problem. */
  static void send(RoutingContext context, int status) {
    try {
      var unused =
          context
              .response()
              .setStatusCode(status)
              .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
              .end(Buffer.buffer(Json.MAPPER.writeValueAsBytes(Problem.of(status))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a problem has no JSON form", e);
    }
  }
}
