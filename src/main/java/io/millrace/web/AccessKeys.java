package io.millrace.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys as the settings have them. Only their hashes are kept, and all are compared, each in
 * constant time. Immutable, any thread.
 */
@ApplicationScoped
class AccessKeys {

  private static final int SHORTEST = 16;

  private final List<Key> keys = new ArrayList<>();

  @Inject
  AccessKeys(SecuritySettings settings) {
    add("millrace.security.admin-keys", settings.adminKeys(), Set.of(Roles.ADMIN, Roles.DOWNLOAD));
    add("millrace.security.download-keys", settings.downloadKeys(), Set.of(Roles.DOWNLOAD));
  }

  /** For CDI's proxy. */
  AccessKeys() {}

  private void add(String setting, Optional<List<String>> given, Set<String> roles) {
    for (String key : given.orElse(List.of())) {
      if (key.strip().length() < SHORTEST) { // the message must not show it
        throw new IllegalArgumentException(
            "%s has a key of %d characters: it must have at least %d"
                .formatted(setting, key.strip().length(), SHORTEST));
      }
      keys.add(new Key(hash(key.strip()), roles));
    }
  }

  /** What the holder of a key may do; empty for what is none. */
  Set<String> rolesOf(String key) {
    byte[] hash = hash(key);
    Set<String> roles = Set.of();
    for (Key known : keys) {
      if (MessageDigest.isEqual(known.hash, hash)) {
        roles = known.roles;
      }
    }
    return roles;
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static final class Key {

    private final byte[] hash;
    private final Set<String> roles;

    Key(byte[] hash, Set<String> roles) {
      this.hash = hash;
      this.roles = roles;
    }
  }
}
