package io.millrace.web.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.Optional;

/**
 * Who may do what over HTTP. Tokens of an identity provider are taken as well, once {@code
 * mp.jwt.verify.publickey.location} and {@code mp.jwt.verify.issuer} name it.
 */
@ConfigMapping(prefix = "millrace.security")
public interface SecuritySettings {

  /** A key, with space around it or none. */
  String KEY = "\\s*\\S.{14,}\\S\\s*";

  String KEY_RULE = "must be keys of at least 16 characters";

  /**
   * Keys, comma-separated, of at least 16 characters, whose holders may do everything; sent as
   * {@code Authorization: Bearer KEY}. Several, so that one can be replaced while both hold. {@code
   * NAME:KEY} gives one a name, which the records of its commands and their answers have. Keep them
   * in the environment or a mounted file, not on the command line.
   */
  Optional<List<@Pattern(regexp = KEY, message = KEY_RULE) String>> adminKeys();

  /**
   * Keys, of the same form, whose holders may download versions' files, and no more: for replicas
   * and other followers.
   */
  Optional<List<@Pattern(regexp = KEY, message = KEY_RULE) String>> downloadKeys();

  /** Whether everybody may do everything: for development, where it is on. */
  @WithDefault("false")
  boolean open();

  /**
   * Whether status, metrics, versions' descriptions and predictions need a credential, too (any).
   * Off, because they hold no texts; health and the page itself never need one.
   */
  @WithDefault("false")
  boolean closedReads();
}
