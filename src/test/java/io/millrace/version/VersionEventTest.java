package io.millrace.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.gate.Scores;
import io.millrace.storage.Json;
import io.millrace.testing.JsonSchemas;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionEventTest {

  private static final ModelVersion VERSION =
      Scores.version(2, List.of(new ArtifactFile("config.json", 17, "ab".repeat(32))));

  @Test
  void itIsACloudEventWithTheVersionAsData() throws JsonProcessingException {
    // When
    JsonNode event = Json.MAPPER.readTree(VersionEvent.json(VERSION));

    // Then
    assertThat(event.get("specversion").asText()).isEqualTo("1.0");
    assertThat(event.get("id").asText()).isEqualTo("mail/2/published");
    assertThat(event.get("source").asText()).isEqualTo("/millrace/mail");
    assertThat(event.get("type").asText()).isEqualTo("io.millrace.version.published");
    assertThat(event.get("subject").asText()).isEqualTo("mail/2");
    assertThat(event.get("time").asText()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(event.get("datacontenttype").asText()).isEqualTo("application/json");
    assertThat(event.get("data").get("parent").asLong()).isEqualTo(1);
    assertThat(event.at("/data/files/0/name").asText()).isEqualTo("config.json");
    assertThat(event.at("/data/provenance/offsets/millrace.examples-0/to").asLong())
        .isEqualTo(3840);
  }

  @Test
  void whatIsWrittenIsReadBack() {
    assertThat(VersionEvent.parse(VersionEvent.json(VERSION))).isEqualTo(VERSION);
    ModelVersion first = Scores.version(1, VERSION.files());
    assertThat(VersionEvent.parse(VersionEvent.json(first))).isEqualTo(first);
  }

  @Test
  void anUndefinedNumberIsNullAndReadBackAsUndefined() throws JsonProcessingException {
    // When
    String event = VersionEvent.json(VERSION);

    // Then
    JsonNode precision = Json.MAPPER.readTree(event).at("/data/evaluation/classes/1/precision");
    assertThat(precision.isNull()).isTrue();
    assertThat(VersionEvent.parse(event).evaluation().classes().get(1).precision()).isNaN();
  }

  @Test
  void fieldsOfALaterReleaseAreIgnored() throws JsonProcessingException {
    // Given
    ObjectNode event = (ObjectNode) Json.MAPPER.readTree(VersionEvent.json(VERSION));
    event.put("traceparent", "00-1-2-3");
    ((ObjectNode) event.get("data")).put("signature", "…");

    // Then
    assertThat(VersionEvent.parse(event.toString())).isEqualTo(VERSION);
  }

  @Test
  void versionsFromBeforeReplayWasCountedAreReadAndFollowTheSchema()
      throws JsonProcessingException {
    // Given
    ObjectNode event = (ObjectNode) Json.MAPPER.readTree(VersionEvent.json(VERSION));
    ((ObjectNode) event.at("/data/provenance")).remove("replayed");

    // When
    ModelVersion read = VersionEvent.parse(event.toString());

    // Then what was replayed is unknown, not nothing
    assertThat(read.provenance().replayed()).isEmpty();
    JsonSchemas schema = JsonSchemas.load("version-published");
    assertThat(schema.errors(event.toString())).isEmpty();
    assertThat(schema.errors(VersionEvent.json(read))).isEmpty();
  }

  @Test
  void anythingElseIsRefusedWithTheReason() {
    refused("", "not a CloudEvent: it has no type");
    refused("null", "not a CloudEvent: it has no type");
    refused(
        "{\"type\": \"io.millrace.version.rolledback\"}",
        "not a io.millrace.version.published event");
    refused(
        "{\"type\": \"io.millrace.version.published\"}",
        "a io.millrace.version.published event without \"data\"");
    refused("{\"type\": ", "not a CloudEvent: Unexpected end-of-input");
    refused("{\"type\": \"io.millrace.version.published\", \"data\": {}}", "not a CloudEvent: ");
  }

  @Test
  void itFollowsItsSchema() throws JsonProcessingException {
    // Given
    JsonSchemas schema = JsonSchemas.load("version-published");

    // Then
    assertThat(schema.id()).isEqualTo(VersionEvent.DATA_SCHEMA);
    assertThat(schema.errors(VersionEvent.json(VERSION))).isEmpty();
    assertThat(schema.errors(VersionEvent.json(Scores.version(1, VERSION.files())))).isEmpty();
    ObjectNode broken = (ObjectNode) Json.MAPPER.readTree(VersionEvent.json(VERSION));
    ((ObjectNode) broken.at("/data/files/0")).put("sha256", "ABC");
    assertThat(schema.errors(broken.toString())).hasSize(1);
  }

  @Test
  void itsSchemaDescribesEveryField() throws JsonProcessingException {
    JsonSchemas schema = JsonSchemas.load("version-published");
    JsonNode event = Json.MAPPER.readTree(VersionEvent.repeated(VERSION));
    assertThat(schema.fields("")).containsExactlyInAnyOrderElementsOf(names(event));
    assertThat(schema.fields("/$defs/version"))
        .containsExactlyInAnyOrderElementsOf(names(event.get("data")));
    assertThat(schema.fields("/$defs/evaluation"))
        .containsExactlyInAnyOrderElementsOf(names(event.at("/data/evaluation")));
    assertThat(schema.fields("/$defs/provenance"))
        .containsExactlyInAnyOrderElementsOf(names(event.at("/data/provenance")));
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
  }

  private static void refused(String json, String message) {
    assertThatThrownBy(() -> VersionEvent.parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
