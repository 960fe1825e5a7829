package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.millrace.storage.Json;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * JSON as it was written before classes and components were renamed, under {@code
 * src/test/resources/golden/json}. Each file has a value for every component, none of them a
 * default, so a component with another name loses its value on reading and is missed on writing.
 */
public final class GoldenJson {

  public static final Path FOLDER = Path.of("src/test/resources/golden/json");

  private GoldenJson() {}

  /** Reads a file, writes what was read, and compares byte for byte; then the values. */
  public static void assertKept(String file, Type type) throws IOException {
    assertKept(file, type, Json.MAPPER.writer());
  }

  /** The same, written in another way. */
  public static void assertKept(String file, Type type, ObjectWriter writer) throws IOException {
    byte[] kept = Files.readAllBytes(FOLDER.resolve(file));
    JavaType javaType = Json.MAPPER.constructType(type);
    Object value = Json.MAPPER.readValue(kept, javaType);
    byte[] written = writer.writeValueAsBytes(value);
    assertSame(file, kept, written);
    Object again = Json.MAPPER.readValue(written, javaType);
    assertThat(again).as(file).usingRecursiveComparison().isEqualTo(value);
  }

  /** Compares what was written with a file. */
  public static void assertSame(String file, byte[] kept, byte[] written) throws IOException {
    JsonNode before = Json.MAPPER.readTree(kept);
    assertThat(defaults("", before)).as("%s: values that tell nothing", file).isEmpty();
    List<String> differences = new ArrayList<>();
    compare("", before, Json.MAPPER.readTree(written), differences);
    assertThat(differences).as(file).isEmpty();
    assertThat(new String(written, UTF_8)).as(file).isEqualTo(new String(kept, UTF_8));
  }

  private static List<String> defaults(String path, JsonNode node) {
    List<String> found = new ArrayList<>();
    boolean isDefault =
        node.isContainerNode()
            ? node.isEmpty()
            : node.isNull() || Set.of("", "0", "0.0", "false").contains(node.asText());
    if (isDefault) {
      found.add(path);
    }
    node.fieldNames()
        .forEachRemaining(name -> found.addAll(defaults(path + "/" + name, node.get(name))));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      found.addAll(defaults(path + "/" + i, node.get(i)));
    }
    return found;
  }

  private static void compare(
      String path, JsonNode kept, JsonNode written, List<String> differences) {
    if (kept.isObject() && written.isObject()) {
      Set<String> before = names(kept);
      Set<String> now = names(written);
      Set<String> all = new TreeSet<>(before);
      all.addAll(now);
      for (String name : all) {
        String place = path + "/" + name;
        if (!now.contains(name)) {
          differences.add(place + " is no longer written");
        } else if (!before.contains(name)) {
          differences.add(place + " was not there before");
        } else {
          compare(place, kept.get(name), written.get(name), differences);
        }
      }
    } else if (kept.isArray() && written.isArray() && kept.size() == written.size()) {
      for (int i = 0; i < kept.size(); i++) {
        compare(path + "/" + i, kept.get(i), written.get(i), differences);
      }
    } else if (!kept.equals(written)) {
      differences.add("%s was %s and is %s".formatted(path, kept, written));
    }
  }

  private static Set<String> names(JsonNode node) {
    Set<String> names = new LinkedHashSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
