package io.millrace.cli.settings;

/**
 * A setting that breaks a rule.
 *
 * @param setting its name
 * @param value null where it has none
 * @param rule what is wrong
 */
record SettingProblem(String setting, String value, String rule) {

  /** Without the value: nobody can tell whether a name that is misspelt stands for a secret. */
  static SettingProblem unknown(String setting) {
    return new SettingProblem(setting, null, "there is no such setting");
  }

  /** For people, without what is secret. */
  @Override
  public String toString() {
    return setting
        + (value == null ? "" : " = " + RedactedValue.of(setting, value))
        + ": "
        + RedactedValue.rule(setting, value, rule);
  }
}
