package io.millrace.cli.settings;

import java.util.List;
import java.util.stream.Collectors;

/** Settings break rules: all of them, in one message. */
public final class WrongSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param problems each names a setting, its value and the rule broken
   */
  WrongSettingsException(List<String> problems) {
    super(
        (problems.size() == 1 ? "a setting is" : problems.size() + " settings are")
            + " wrong:\n"
            + problems.stream().map(problem -> "  " + problem).collect(Collectors.joining("\n")));
  }
}
