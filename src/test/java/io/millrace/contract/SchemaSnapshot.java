package io.millrace.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What others can rely on in one schema.
 *
 * @param objects the objects that it describes, by their place in it
 */
record SchemaSnapshot(Map<String, Shape> objects) {

  /**
   * One object.
   *
   * @param properties their types, by name
   * @param required names of those that are always there
   */
  record Shape(Map<String, String> properties, Set<String> required) {}

  static SchemaSnapshot of(JsonNode schema) {
    Map<String, Shape> objects = new TreeMap<>();
    collect(schema, "", objects);
    return new SchemaSnapshot(objects);
  }

  private static void collect(JsonNode node, String place, Map<String, Shape> objects) {
    JsonNode described = node.path("properties");
    if (described.isObject()) {
      Map<String, String> properties = new TreeMap<>();
      described.properties().forEach(one -> properties.put(one.getKey(), type(one.getValue())));
      Set<String> required = new TreeSet<>();
      node.path("required").forEach(name -> required.add(name.asText()));
      objects.put(place, new Shape(properties, required));
    }
    node.properties()
        .forEach(child -> collect(child.getValue(), place + "/" + child.getKey(), objects));
  }

  private static String type(JsonNode property) {
    for (String keyword : List.of("type", "$ref", "const")) {
      if (property.has(keyword)) {
        return property.get(keyword).toString().replace("\"", "");
      }
    }
    return "any";
  }

  /**
   * What breaks those who wrote or read by this.
   *
   * @param isRead whether others read it, and so rely on what is required
   */
  List<String> brokenBy(SchemaSnapshot now, boolean isRead) {
    List<String> broken = new ArrayList<>();
    objects.forEach(
        (place, before) -> {
          Shape after = now.objects.getOrDefault(place, new Shape(Map.of(), Set.of()));
          before.properties.forEach(
              (name, type) -> {
                String found = after.properties.get(name);
                if (found == null) {
                  broken.add("%s has lost \"%s\"".formatted(place, name));
                } else if (!found.equals(type)) {
                  broken.add("%s: \"%s\" was %s and is %s".formatted(place, name, type, found));
                }
              });
          after.required.stream()
              .filter(name -> !before.required.contains(name))
              .forEach(name -> broken.add("%s now requires \"%s\"".formatted(place, name)));
          before.required.stream()
              .filter(name -> isRead && !after.required.contains(name))
              .forEach(name -> broken.add("%s may now lack \"%s\"".formatted(place, name)));
        });
    return broken;
  }
}
