package io.millrace.web.security;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What a caller may do: the page asks before it offers anything. */
@Path("/api/v1/access")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Control")
public class AccessResource {

  private final SecurityIdentity caller;
  private final SecuritySettings settings;
  private final Optional<String> tokenIssuer;

  AccessResource(
      SecurityIdentity caller,
      SecuritySettings settings,
      @ConfigProperty(name = "mp.jwt.verify.issuer") Optional<String> tokenIssuer) {
    this.caller = caller;
    this.settings = settings;
    this.tokenIssuer = tokenIssuer;
  }

  @GET
  @Operation(summary = "What the caller may do, by the credential of this request")
  public Access access() {
    boolean control = caller.hasRole(Roles.ADMIN);
    return new Access(
        control,
        control || caller.hasRole(Roles.DOWNLOAD),
        !caller.isAnonymous() && !settings.open(),
        control ? Optional.empty() : Optional.of(why()));
  }

  private String why() {
    boolean keys = !settings.adminKeys().orElse(List.of()).isEmpty();
    if (!keys && tokenIssuer.isEmpty()) {
      return "This service has no administrator: millrace.security.admin-keys names none";
    }
    return caller.isAnonymous()
        ? "It needs an administrator's key"
        : "The credential given is not an administrator's";
  }

  /**
   * What a caller may do.
   *
   * @param control whether commands are taken from it
   * @param download whether versions' files are given to it
   * @param known whether the request came with a credential that counts here
   * @param controlProblem why commands are not taken from it
   */
  public record Access(
      boolean control, boolean download, boolean known, Optional<String> controlProblem) {}
}
