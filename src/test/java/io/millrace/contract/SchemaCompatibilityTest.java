package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No schema may take back what another release promised. */
class SchemaCompatibilityTest {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Path PROMISED = Compat.FOLDER.resolve("schemas.json");

  /** What others write and Millrace reads. */
  private static final Set<String> READ_BY_US = Set.of("example", "control-command");

  private static final String HOW_TO_MEND =
      "Records of the old form stay on the topics, and programs of others write or read it: leave it,"
          + " or give the new form a schema, a dataschema number and a reader of its own. What is"
          + " only added, or was never released, is recorded by"
          + " ./mvnw test -Dtest=SchemaCompatibilityTest -Dmillrace.compat.record=true; commit "
          + PROMISED;

  @Test
  void noSchemaHasLostAPropertyOrRequiresMore() throws IOException {
    Map<String, SchemaSnapshot> now = now();
    if (Boolean.getBoolean("millrace.compat.record")) {
      Files.writeString(PROMISED, JSON.writeValueAsString(now) + "\n");
    }
    Map<String, SchemaSnapshot> promised =
        JSON.readValue(PROMISED.toFile(), new TypeReference<>() {});

    promised.forEach(
        (name, before) -> {
          assertThat(now).as(HOW_TO_MEND).containsKey(name);
          assertThat(before.brokenBy(now.get(name), !READ_BY_US.contains(name)))
              .as("%s. %s", name, HOW_TO_MEND)
              .isEmpty();
        });
    assertThat(now).as("something was added. " + HOW_TO_MEND).isEqualTo(promised);
  }

  @Test
  void whatBreaksOthersIsNoticed() throws IOException {
    String schema =
        """
        {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]}""";
    SchemaSnapshot before = snapshot(schema);

    assertThat(before.brokenBy(before, true)).isEmpty();
    assertThat(before.brokenBy(snapshot(schema.replace("\"b\"", "\"c\"")), true))
        .containsExactly(" has lost \"b\"");
    assertThat(before.brokenBy(snapshot(schema.replace("integer", "number")), true))
        .containsExactly(" : \"b\" was integer and is number".trim());
    assertThat(before.brokenBy(snapshot(schema.replace("[\"a\"]", "[\"a\", \"b\"]")), true))
        .containsExactly(" now requires \"b\"");
    SchemaSnapshot looser = snapshot(schema.replace("[\"a\"]", "[]"));
    assertThat(before.brokenBy(looser, true)).containsExactly(" may now lack \"a\"");
    assertThat(before.brokenBy(looser, false)).isEmpty();
  }

  private static SchemaSnapshot snapshot(String schema) throws IOException {
    return SchemaSnapshot.of(JSON.readTree(schema));
  }

  private static Map<String, SchemaSnapshot> now() throws IOException {
    Map<String, SchemaSnapshot> schemas = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> folder = Files.list(Path.of("src/main/resources/schemas"))) {
      files = folder.filter(file -> file.toString().endsWith(".schema.json")).toList();
    }
    for (Path file : files) {
      schemas.put(
          file.getFileName().toString().replace(".schema.json", ""),
          SchemaSnapshot.of(JSON.readTree(file.toFile())));
    }
    return schemas;
  }
}
