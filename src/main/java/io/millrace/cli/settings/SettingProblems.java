package io.millrace.cli.settings;

import io.smallrye.config.ConfigValidationException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what is wrong with settings from SmallRye, which finds it all, in many forms. */
final class SettingProblems {

  private static final Pattern CONVERSION =
      Pattern.compile(
          "(?s).*The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst being converted (.*)");
  private static final Pattern EMPTY =
      Pattern.compile("(?s).*The config property (\\S+) is defined as the empty String.*");
  private static final Pattern UNKNOWN =
      Pattern.compile("(?s).*?(millrace\\.\\S+) in (.*) does not map to any root.*");
  private static final Pattern RULE = Pattern.compile("(?s)(millrace\\.\\S+) (must .*)");
  private static final Pattern OTHER = Pattern.compile("(?s).*The config property (\\S+) (.*)");
  private static final Pattern ELEMENT = Pattern.compile("\\[.*");
  private static final Pattern CODE = Pattern.compile("(\\S+Exception: )?SRCFG\\d+: ");

  private SettingProblems() {}

  /**
   * Each problem once.
   *
   * @param values finds a setting's value; null where it has none
   */
  static List<SettingProblem> of(ConfigValidationException found, UnaryOperator<String> values) {
    List<SettingProblem> problems = new ArrayList<>();
    for (int i = 0; i < found.getProblemCount(); i++) {
      problems.add(problem(found.getProblem(i).getMessage(), values));
    }
    return problems.stream().distinct().toList();
  }

  private static SettingProblem problem(String message, UnaryOperator<String> values) {
    Matcher conversion = CONVERSION.matcher(message);
    if (conversion.matches()) {
      return new SettingProblem(
          conversion.group(1),
          conversion.group(2),
          CODE.matcher(conversion.group(3)).replaceAll(""));
    }
    Matcher empty = EMPTY.matcher(message);
    if (empty.matches()) {
      return new SettingProblem(empty.group(1), "", "must not be empty");
    }
    Matcher unknown = UNKNOWN.matcher(message);
    if (unknown.matches()) {
      return SettingProblem.unknown(unknown.group(1));
    }
    Matcher rule = RULE.matcher(message);
    if (rule.matches()) {
      return of(ELEMENT.matcher(rule.group(1)).replaceAll(""), values, rule.group(2));
    }
    Matcher other = OTHER.matcher(message);
    return other.matches()
        ? of(other.group(1), values, other.group(2))
        : new SettingProblem("millrace", null, CODE.matcher(message).replaceAll(""));
  }

  private static SettingProblem of(String name, UnaryOperator<String> values, String rule) {
    return new SettingProblem(name, values.apply(name), rule);
  }
}
