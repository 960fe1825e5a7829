package io.millrace.cli.settings;

import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The settings that there are.
 *
 * @param defaults by name; empty where a setting has none
 */
record KnownSettings(Map<String, String> defaults) {

  static KnownSettings of(List<Class<?>> mappings) {
    Map<String, String> defaults = new HashMap<>();
    for (Class<?> mapping : mappings) {
      ConfigMappings.getProperties(ConfigClass.configClass(mapping))
          .forEach((name, property) -> defaults.put(name, defaultOf(property)));
    }
    return new KnownSettings(Map.copyOf(defaults));
  }

  private static String defaultOf(Property property) {
    return property.hasDefaultValue() ? property.getDefaultValue() : "";
  }

  Set<String> names() {
    return defaults.keySet();
  }

  /** Empty where there is none, or no such setting. */
  String defaultOf(String name) {
    return defaults.getOrDefault(name, "");
  }
}
