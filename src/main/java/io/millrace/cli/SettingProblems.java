package io.millrace.cli;

import io.smallrye.config.ConfigValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says what is wrong with settings in the form {@code name = value: rule}. SmallRye finds it all,
 * and has a form of its own for each kind.
 */
final class SettingProblems {

  private static final Pattern CONVERSION =
      Pattern.compile(
          "(?s).*The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst being converted (.*)");
  private static final Pattern UNKNOWN =
      Pattern.compile("(?s).*?(millrace\\.\\S+) in (.*) does not map to any root.*");
  private static final Pattern RULE = Pattern.compile("(?s)(millrace\\.\\S+) (must .*)");
  private static final Pattern CODE = Pattern.compile("SRCFG\\d+: ");

  private SettingProblems() {}

  /**
   * Each problem in one line.
   *
   * @param values finds a setting's value; null where it has none
   */
  static List<String> of(ConfigValidationException found, UnaryOperator<String> values) {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < found.getProblemCount(); i++) {
      problems.add(line(found.getProblem(i).getMessage(), values));
    }
    return problems.stream().sorted().distinct().toList();
  }

  private static String line(String message, UnaryOperator<String> values) {
    Matcher conversion = CONVERSION.matcher(message);
    if (conversion.matches()) {
      return "%s = %s: %s"
          .formatted(
              conversion.group(1),
              conversion.group(2),
              CODE.matcher(conversion.group(3)).replaceAll(""));
    }
    Matcher unknown = UNKNOWN.matcher(message);
    if (unknown.matches()) {
      return "%s = %s: there is no such setting"
          .formatted(unknown.group(1), values.apply(unknown.group(1)));
    }
    Matcher rule = RULE.matcher(message);
    if (rule.matches()) {
      return "%s = %s: %s".formatted(rule.group(1), values.apply(rule.group(1)), rule.group(2));
    }
    return CODE.matcher(message).replaceAll("");
  }
}
