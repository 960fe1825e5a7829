package io.millrace.cli.settings;

import java.util.Locale;
import java.util.Set;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Refuses what is neither yes nor no; SmallRye takes all that is not yes, misspelt or not, for no.
 */
final class StrictBoolean implements Converter<Boolean> {

  private static final long serialVersionUID = 1L;
  private static final Set<String> YES = Set.of("true", "1", "yes", "y", "on");
  private static final Set<String> NO = Set.of("false", "0", "no", "n", "off");

  /** Null for an empty value, as every converter's. */
  @Override
  public Boolean convert(String value) {
    String given = value.strip().toLowerCase(Locale.ROOT);
    if (YES.contains(given)) {
      return true;
    }
    if (NO.contains(given)) {
      return false;
    }
    if (given.isEmpty()) {
      return null;
    }
    throw new IllegalArgumentException("must be true or false");
  }
}
