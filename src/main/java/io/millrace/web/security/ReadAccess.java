package io.millrace.web.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Whether a request needs a credential at all; which one, its resource says. Of what is closed, the
 * page itself stays open: it asks for the key. Event loop.
 */
@ApplicationScoped
public class ReadAccess implements HttpSecurityPolicy {

  private final SecuritySettings settings;

  ReadAccess(SecuritySettings settings) {
    this.settings = settings;
  }

  @Override
  public Uni<CheckResult> checkPermission(
      RoutingContext request, Uni<SecurityIdentity> identity, AuthorizationRequestContext context) {
    if (!settings.closedReads() || !isClosed(request.normalizedPath())) {
      return CheckResult.permit();
    }
    return identity.map(caller -> caller.isAnonymous() ? CheckResult.DENY : CheckResult.PERMIT);
  }

  public static boolean isClosed(String path) {
    return path.startsWith("/api/") || path.startsWith("/q/") && !path.startsWith("/q/health");
  }
}
