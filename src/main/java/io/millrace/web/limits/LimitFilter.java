package io.millrace.web.limits;

import io.millrace.web.problem.RouterProblems;
import io.millrace.web.security.ReadAccess;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;

/** Holds requests against the limits, before anything of them is read. Event loop. */
@ApplicationScoped
public class LimitFilter {

  /** In front of {@link RouterProblems}' and Quarkus's own checks. */
  private static final int FIRST = 200;

  private static final int UNAUTHORIZED = 401;

  private final RequestLimits limits;

  LimitFilter(RequestLimits limits) {
    this.limits = limits;
  }

  void register(@Observes Filters filters) {
    filters.register(this::check, FIRST);
  }

  private void check(RoutingContext context) {
    if (!ReadAccess.isClosed(context.normalizedPath())) { // health must not look down in a flood
      context.next();
      return;
    }
    String caller = Caller.of(context.request().remoteAddress());
    boolean hasCredential = context.request().getHeader(HttpHeaders.AUTHORIZATION) != null;
    Duration wait = limits.request(caller, hasCredential);
    if (!wait.isZero()) {
      context.response().putHeader(HttpHeaders.RETRY_AFTER, retryAfter(wait));
      context.fail(429);
      return;
    }
    if (hasCredential) {
      context.addEndHandler(
          unused -> {
            if (context.response().getStatusCode() == UNAUTHORIZED) {
              limits.wrongCredential(caller);
            }
          });
    }
    context.next();
  }

  /** Whole seconds, rounded up, so a retry after that long is accepted. */
  public static String retryAfter(Duration wait) {
    return Long.toString(wait.plusNanos(999_999_999).toSeconds());
  }
}
