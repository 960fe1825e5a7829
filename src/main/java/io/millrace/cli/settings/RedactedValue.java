package io.millrace.cli.settings;

import java.util.Locale;
import java.util.regex.Pattern;

/** A setting's value as it may be printed: without what is secret. */
final class RedactedValue {

  static final String HIDDEN = "(not shown)";

  /** Generous; but tokens may be words. */
  private static final Pattern SECRET =
      Pattern.compile(
          "millrace\\.security\\..*|.*(key|password|passwd|secret|credential|(?<!max\\.)token(?!ize)).*");

  private static final Pattern USER_INFO = Pattern.compile("(?s)(?<=://).*@");

  private RedactedValue() {}

  /**
   * Of one setting.
   *
   * @param name in the form of properties or of the environment
   */
  static String of(String name, String value) {
    return isSecret(name) ? HIDDEN : USER_INFO.matcher(value).replaceAll("");
  }

  /** What a rule says, which may repeat the value. */
  static String rule(String name, String value, String rule) {
    return value == null || value.isEmpty() || value.equals(of(name, value))
        ? rule
        : rule.replace(value, of(name, value));
  }

  private static boolean isSecret(String name) {
    return SECRET.matcher(name.toLowerCase(Locale.ROOT).replaceAll("[_-]", ".")).matches();
  }
}
