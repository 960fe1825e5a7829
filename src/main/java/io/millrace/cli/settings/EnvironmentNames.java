package io.millrace.cli.settings;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds misspelt settings in the environment, where SmallRye passes over them: from {@code
 * MILLRACE_WEB_SHOW_TEXT} alone nobody can tell where there are dots and where dashes.
 */
final class EnvironmentNames {

  private static final String PREFIX = "MILLRACE_";

  /** Read by the tests, not by the service. */
  private static final Set<String> OTHERS = Set.of("MILLRACE_BROWSER");

  /** Kubernetes sets these in every container beside a Service that is named millrace or so. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(".*(_SERVICE_HOST|_SERVICE_PORT(_.*)?|_PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");
  private static final Pattern ELEMENT = Pattern.compile("_\\d+_?$");

  private EnvironmentNames() {}

  /**
   * Names of the service's form that are none of its settings.
   *
   * @param known the settings' names, as properties
   */
  static List<SettingProblem> problems(Map<String, String> environment, Set<String> known) {
    Set<String> names =
        known.stream().map(EnvironmentNames::ofProperty).collect(Collectors.toSet());
    return environment.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(PREFIX) && !isOther(entry))
        .filter(entry -> !names.contains(ELEMENT.matcher(entry.getKey()).replaceAll("")))
        .map(entry -> SettingProblem.unknown(entry.getKey()))
        .toList();
  }

  private static boolean isOther(Map.Entry<String, String> entry) {
    return OTHERS.contains(entry.getKey())
        || SERVICE_LINK.matcher(entry.getKey()).matches()
        || SERVICE_ADDRESS.matcher(entry.getValue()).matches();
  }

  private static String ofProperty(String name) {
    return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }
}
