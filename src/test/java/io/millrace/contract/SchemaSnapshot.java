package io.millrace.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What others can rely on in one schema.
 *
 * @param rules keywords and their values, by the place of the subschema that has them
 */
record SchemaSnapshot(Map<String, Map<String, JsonNode>> rules) {

  /** Marks a list of values or of alternatives that readers know may grow. */
  private static final String OPEN = "x-millrace-open";

  private static final Set<String> WORDS = Set.of("$schema", "$id", "title", "description");

  /** Keywords that have subschemas by name or number. */
  private static final Set<String> SEVERAL = Set.of("properties", "$defs", "anyOf", "oneOf");

  static SchemaSnapshot of(JsonNode schema) {
    Map<String, Map<String, JsonNode>> rules = new TreeMap<>();
    collect(schema, "", rules);
    return new SchemaSnapshot(rules);
  }

  private static void collect(
      JsonNode schema, String place, Map<String, Map<String, JsonNode>> rules) {
    Map<String, JsonNode> own = new TreeMap<>();
    for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
      String below = place + "/" + keyword.getKey();
      JsonNode value = keyword.getValue();
      if (WORDS.contains(keyword.getKey())) {
        continue;
      }
      if (SEVERAL.contains(keyword.getKey())) {
        value
            .properties()
            .forEach(one -> collect(one.getValue(), below + "/" + one.getKey(), rules));
        for (int i = 0; value.isArray() && i < value.size(); i++) {
          collect(value.get(i), below + "/" + i, rules);
        }
      } else if (value.isObject()) {
        collect(value, below, rules);
      } else {
        own.put(keyword.getKey(), isSet(keyword.getKey(), value) ? sorted(value) : value);
      }
    }
    rules.put(place, own);
  }

  private static boolean isSet(String keyword, JsonNode value) {
    return value.isArray() || keyword.equals("type");
  }

  private static JsonNode sorted(JsonNode value) {
    return new ObjectMapper().valueToTree(texts(value));
  }

  private static Set<String> texts(JsonNode value) {
    Set<String> texts = new TreeSet<>();
    if (value.isTextual()) {
      texts.add(value.asText());
    }
    value.forEach(one -> texts.add(one.asText()));
    return texts;
  }

  /**
   * What breaks those who wrote or read by this. Where others read, what is there already must stay
   * as it is: with more allowed they meet what they do not know, with less the records of earlier
   * releases are wrong. Where others write, more may be allowed.
   */
  List<String> brokenBy(SchemaSnapshot now, boolean isRead) {
    List<String> broken = new ArrayList<>();
    rules.forEach(
        (place, before) -> {
          Map<String, JsonNode> after = now.rules.get(place);
          if (after == null) {
            broken.add(place + " is gone");
            return;
          }
          Set<String> keywords = new TreeSet<>(before.keySet());
          keywords.addAll(after.keySet());
          for (String keyword : keywords) {
            JsonNode was = before.get(keyword);
            JsonNode is = after.get(keyword);
            boolean mayBe =
                isRead
                    ? keyword.equals("enum") && before.containsKey(OPEN) && hasAll(is, was)
                    : allowsAsMuch(keyword, was, is);
            if (!Objects.equals(was, is) && !mayBe) {
              broken.add("%s: %s was %s and is %s".formatted(place, keyword, was, is));
            }
          }
        });
    now.rules.keySet().stream()
        .filter(place -> !rules.containsKey(place) && !mayCome(place, isRead))
        .forEach(place -> broken.add(place + " is new"));
    return broken;
  }

  private boolean mayCome(String place, boolean isRead) {
    String[] steps = place.split("/", -1);
    boolean isOneOfSeveral = SEVERAL.contains(steps[steps.length - 2]);
    String kind = steps[steps.length - (isOneOfSeveral ? 2 : 1)];
    Map<String, JsonNode> parent = rules.get(place.substring(0, place.lastIndexOf("/" + kind)));
    return parent == null // which is new itself
        || Set.of("properties", "$defs").contains(kind)
        || (isOneOfSeveral && (!isRead || parent.containsKey(OPEN)));
  }

  private static boolean allowsAsMuch(String keyword, JsonNode was, JsonNode is) {
    if (was == null || is == null) {
      return is == null;
    }
    return switch (keyword) {
      case "type", "enum" -> hasAll(is, was);
      case "required" -> hasAll(was, is);
      case "minimum" -> is.decimalValue().compareTo(was.decimalValue()) <= 0;
      case "maximum" -> is.decimalValue().compareTo(was.decimalValue()) >= 0;
      default -> is.equals(was);
    };
  }

  private static boolean hasAll(JsonNode these, JsonNode those) {
    return these != null && texts(these).containsAll(texts(those));
  }
}
