package io.millrace.web.security;

import io.millrace.web.problem.Problem;
import io.millrace.web.problem.RouterProblems;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/**
 * Knows callers by the key in {@code Authorization: Bearer KEY}. A token that is none of the keys
 * is left to whatever else knows tokens. Event loop: nothing here blocks.
 */
@ApplicationScoped
class KeyAuthentication implements HttpAuthenticationMechanism {

  private static final String SCHEME = "Bearer ";

  private final AccessKeys keys;
  private final SecuritySettings settings;

  KeyAuthentication(AccessKeys keys, SecuritySettings settings) {
    this.keys = keys;
    this.settings = settings;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager providers) {
    if (settings.open()) {
      return identity("anybody", Set.of(Roles.ADMIN, Roles.DOWNLOAD));
    }
    String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.startsWith(SCHEME)) {
      return Uni.createFrom().nullItem();
    }
    return keys.holder(header.substring(SCHEME.length()).strip())
        .map(holder -> identity(holder.name(), holder.roles()))
        .orElseGet(() -> Uni.createFrom().nullItem());
  }

  private static Uni<SecurityIdentity> identity(String name, Set<String> roles) {
    return Uni.createFrom()
        .item(
            QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(name))
                .addRoles(roles)
                .build());
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"));
  }

  /** The resources' answer, for requests refused before they reach one. */
  @Override
  public Uni<Boolean> sendChallenge(RoutingContext context) {
    context.response().putHeader("WWW-Authenticate", "Bearer");
    RouterProblems.send(context, Problem.of(401));
    return Uni.createFrom().item(true);
  }

  /** In front of tokens, which come in the same header. */
  @Override
  public int getPriority() {
    return DEFAULT_PRIORITY + 1000;
  }
}
