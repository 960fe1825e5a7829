package io.millrace.web.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The keys as the settings have them. Only their hashes are kept, and all are compared, each in
 * constant time. Immutable, any thread.
 */
@ApplicationScoped
class AccessKeys {

  private static final int SHORTEST = 16;

  /** A name before the key. */
  private static final Pattern NAMED =
      Pattern.compile("([A-Za-z][A-Za-z0-9._-]{0,63}):(\\S.{" + (SHORTEST - 2) + ",}\\S)");

  private final List<Key> keys = new ArrayList<>();

  @Inject
  AccessKeys(SecuritySettings settings) {
    add("millrace.security.admin-keys", settings.adminKeys(), Set.of(Roles.ADMIN, Roles.DOWNLOAD));
    add("millrace.security.download-keys", settings.downloadKeys(), Set.of(Roles.DOWNLOAD));
  }

  /** For CDI's proxy. */
  AccessKeys() {}

  private void add(String setting, Optional<List<String>> given, Set<String> roles) {
    List<String> all = given.orElse(List.of());
    for (int i = 0; i < all.size(); i++) {
      String key = all.get(i).strip();
      Matcher named = NAMED.matcher(key);
      String name = setting.replace("millrace.security.", "") + "[" + i + "]";
      if (named.matches()) {
        name = named.group(1);
        add(setting, name, named.group(2), roles);
      }
      add(setting, name, key, roles); // as a whole, too: a key may have had a colon before names
    }
  }

  private void add(String setting, String name, String key, Set<String> roles) {
    if (key.length() < SHORTEST) { // the message must not show it
      throw new IllegalArgumentException(
          "%s has a key of %d characters: it must have at least %d"
              .formatted(setting, key.length(), SHORTEST));
    }
    keys.add(new Key(hash(key), new Holder(name, roles)));
  }

  /** Who holds a key; empty for what is none. */
  Optional<Holder> holder(String key) {
    byte[] hash = hash(key);
    Optional<Holder> holder = Optional.empty();
    for (Key known : keys) {
      if (MessageDigest.isEqual(known.hash, hash)) {
        holder = Optional.of(known.holder);
      }
    }
    return holder;
  }

  private static byte[] hash(String key) {
    return DigestUtils.sha256(key);
  }

  private static final class Key {

    private final byte[] hash;
    private final Holder holder;

    Key(byte[] hash, Holder holder) {
      this.hash = hash;
      this.holder = holder;
    }
  }

  /**
   * Who holds a key.
   *
   * @param name given with it as {@code NAME:KEY}; else its place in the setting
   */
  record Holder(String name, Set<String> roles) {}
}
