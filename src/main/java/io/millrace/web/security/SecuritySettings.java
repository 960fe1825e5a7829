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
   * NAME:KEY} names one: commands and their answers say the name.
   */
  Optional<List<@Pattern(regexp = KEY, message = KEY_RULE) String>> adminKeys();

  /** Keys whose holders may download versions' files. */
  Optional<List<@Pattern(regexp = KEY, message = KEY_RULE) String>> downloadKeys();

  /** Whether everybody may do everything: for development. */
  @WithDefault("false")
  boolean open();

  /**
   * Whether status, metrics, versions' descriptions and predictions need a credential, too; health
   * never does.
   */
  @WithDefault("false")
  boolean closedReads();
}
