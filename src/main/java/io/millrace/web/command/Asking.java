package io.millrace.web.command;

import io.quarkus.security.identity.SecurityIdentity;
import java.security.Principal;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Who sends a request, in the words that a command record has for it. */
final class Asking {

  private Asking() {}

  /** A key's name, or a token's subject. */
  static String name(SecurityIdentity caller) {
    Principal who = caller.getPrincipal();
    String subject = who instanceof JsonWebToken token ? token.getSubject() : null;
    return subject == null ? who.getName() : subject;
  }
}
