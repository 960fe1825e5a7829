package io.millrace.version;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a version's files are named by: {@code NUMBER-TERM}. With the term no two owners write to
 * the same place. Ordered by number.
 *
 * @param number the version's
 * @param term its owner's
 */
public record VersionKey(long number, long term) implements Comparable<VersionKey> {

  private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,17})");
  private static final Comparator<VersionKey> ORDER =
      Comparator.comparingLong(VersionKey::number).thenComparingLong(VersionKey::term);

  /** Empty where the text has another form. */
  public static Optional<VersionKey> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new VersionKey(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(VersionKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return number + "-" + term;
  }
}
