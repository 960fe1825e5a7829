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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void noSchemaHasChangedWhatItPromises() throws IOException {
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

  private static final String SCHEMA =
      """
      {'properties': {
         'a': {'type': 'string', 'pattern': '^x'},
         'b': {'type': ['integer', 'null'], 'minimum': 1, 'maximum': 9},
         'c': {'enum': ['low', 'high']},
         'd': {'type': 'array', 'items': {'type': 'number'}},
         'e': {'anyOf': [{'type': 'string'}, {'type': 'null'}]},
         'f': {'enum': ['one'], 'x-millrace-open': true}},
       'required': ['a', 'b']}""";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ['a', 'b']          | ['a']                      | : required was
          'pattern': '^x'     | 'title': 'x'               | /properties/a: pattern was
          'minimum': 1        | 'minimum': 0               | /properties/b: minimum was 1 and is 0
          'maximum': 9        | 'maximum': 10              | /properties/b: maximum was 9 and is 10
          'low', 'high'       | 'low', 'middle', 'high'    | /properties/c: enum was
          {'type': 'null'}    | {'type': 'null'}, {}       | /properties/e/anyOf/2 is new
          'type': 'array'     | 'type': ['array', 'null']  | /properties/d: type was
          """)
  void whatAllowsMoreBreaksReadersOnly(String from, String to, String told) throws IOException {
    assertThat(brokenBy(from, to, true)).containsOnlyOnce(told);
    assertThat(brokenBy(from, to, false)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ['a', 'b']          | ['a', 'b', 'c']            | : required was
          '^x'                | '^xx'                      | /properties/a: pattern was
          ['integer', 'null'] | 'integer'                  | /properties/b: type was
          'minimum': 1        | 'minimum': 2               | /properties/b: minimum was 1 and is 2
          'maximum': 9        | 'maximum': 8               | /properties/b: maximum was 9 and is 8
          'low', 'high'       | 'low'                      | /properties/c: enum was
          'type': 'number'    | 'type': 'integer'          | /properties/d/items: type was
          'items'             | 'contains': {}, 'items'    | /properties/d/contains is new
          , {'type': 'null'}] | ]                          | /properties/e/anyOf/1 is gone
          'c':                | 'renamed':                 | /properties/c is gone
          """)
  void whatAllowsLessBreaksAll(String from, String to, String told) throws IOException {
    assertThat(brokenBy(from, to, true)).containsOnlyOnce(told);
    assertThat(brokenBy(from, to, false)).containsOnlyOnce(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'a': {    | 'new': {'type': 'array', 'items': {'type': 'string'}}, 'a': {
          ['one']   | ['one', 'two']
          'pattern' | 'description': 'in other words', 'pattern'
          """)
  void whatIsOnlyAddedBreaksNobody(String from, String to) throws IOException {
    assertThat(brokenBy(from, to, true)).isEmpty();
    assertThat(brokenBy(from, to, false)).isEmpty();
  }

  /** What a change breaks, a line each. */
  private static String brokenBy(String from, String to, boolean isRead) throws IOException {
    assertThat(SCHEMA).contains(from);
    return String.join("\n", snapshot(SCHEMA).brokenBy(snapshot(SCHEMA.replace(from, to)), isRead));
  }

  private static SchemaSnapshot snapshot(String schema) throws IOException {
    return SchemaSnapshot.of(JSON.readTree(schema.replace('\'', '"')));
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
