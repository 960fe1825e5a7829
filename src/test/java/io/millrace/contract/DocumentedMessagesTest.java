package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudevents.jackson.JsonFormat;
import io.millrace.control.Command;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.storage.Json;
import io.millrace.testing.Documents;
import io.millrace.testing.Examples;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.Labels;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The messages that the documents show. */
class DocumentedMessagesTest {

  private final Map<String, List<String>> shown;

  DocumentedMessagesTest() throws IOException {
    shown = Documents.blocks("reference/messages.md", "message:");
    shown.putAll(Documents.blocks("reference/dead-letters.md", "message:"));
  }

  @Test
  void everyKindIsShownAndFollowsItsSchema() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/schemas"))) {
      assertThat(shown.keySet())
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith(".schema.json"))
                  .map(name -> name.replace(".schema.json", ""))
                  .toList());
    }
    shown.forEach(
        (schema, messages) ->
            messages.forEach(
                message -> assertThat(JsonSchemas.load(schema).errors(message)).isEmpty()));
  }

  @Test
  void everyTypeOfMetricRecordIsShown() throws IOException {
    JsonNode schema =
        Json.MAPPER.readTree(
            Path.of("src/main/resources/schemas/metric-record.schema.json").toFile());
    List<String> types = new ArrayList<>();
    for (String record : shown.get("metric-record")) {
      types.add(Json.MAPPER.readTree(record).get("type").asText());
    }
    assertThat(types).containsExactlyInAnyOrderElementsOf(schema.findValuesAsText("const"));
  }

  @Test
  void examplesAreAccepted() {
    for (String example : shown.get("example")) {
      assertThat(
              new ExampleDecoder(1000, "source", Labels.TASK)
                  .decode(Examples.record("examples", 0, example)))
          .isInstanceOf(Decoded.Accepted.class);
    }
  }

  @Test
  void commandsAreRead() {
    for (String command : shown.get("control-command")) {
      assertThat(Command.parse(command.getBytes(StandardCharsets.UTF_8)).id()).isNotBlank();
    }
  }

  @Test
  void eventsAreCloudEventsAndRead() {
    for (String kind : List.of("version-published", "version-rolledback", "trainer-started")) {
      for (String event : shown.get(kind)) {
        assertThat(
                new JsonFormat()
                    .deserialize(event.getBytes(StandardCharsets.UTF_8))
                    .getDataSchema())
            .hasToString(JsonSchemas.load(kind).id());
      }
    }
    assertThat(VersionEvent.parse(shown.get("version-published").get(0)).files()).isNotEmpty();
    assertThat(RolledBack.ifRolledBack(shown.get("version-rolledback").get(0))).isPresent();
  }
}
