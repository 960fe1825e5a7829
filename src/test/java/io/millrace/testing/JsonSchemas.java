package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** A JSON Schema that ships in {@code schemas/}. */
public final class JsonSchemas {

  private final JsonNode json;
  private final Schema schema;

  private JsonSchemas(JsonNode json) {
    this.json = json;
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(json);
  }

  public static JsonSchemas load(String name) {
    String path = "/schemas/" + name + ".schema.json";
    try (InputStream in = JsonSchemas.class.getResourceAsStream(path)) {
      return new JsonSchemas(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /** One that is made of parts. */
  public static JsonSchemas of(JsonNode json) {
    return new JsonSchemas(json);
  }

  /** The one that an event's {@code dataschema} names. */
  public static JsonSchemas ofEvent(String id) {
    JsonSchemas schema = load(id.replaceFirst("^urn:millrace:schema:([a-z-]+):[0-9]+$", "$1"));
    assertThat(schema.id()).isEqualTo(id);
    return schema;
  }

  public String id() {
    return json.get("$id").asText();
  }

  /** The rules that a document breaks. */
  public List<String> errors(String document) {
    return schema
        .validate(
            document,
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** Names of the properties described at a place of the schema, a JSON pointer. */
  public List<String> fields(String place) {
    return json.at(place).get("properties").properties().stream().map(Map.Entry::getKey).toList();
  }

  /** One definition, to compare with another schema's. */
  public JsonNode definition(String name) {
    return json.at("/$defs/" + name);
  }
}
