package io.millrace.publication;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * The announcement of a version: CloudEvents 1.0, structured JSON. The same version always has the
 * same {@code id}, so that a consumer can drop a second announcement.
 */
public final class VersionEvent {

  public static final String CONTENT_TYPE = "application/cloudevents+json";
  public static final String TYPE = "io.millrace.version.published";

  /**
   * Identifies {@code schemas/version-published.schema.json}; another shape gets another number.
   */
  public static final String DATA_SCHEMA = "urn:millrace:schema:version-published:1";

  private VersionEvent() {}

  /** The event as it stands on the topic. */
  public static String json(ModelVersion version) {
    String subject = version.model() + "/" + version.version();
    try {
      return Json.MAPPER.writeValueAsString(
          CloudEvent.of(
              subject + "/published",
              version.model(),
              TYPE,
              subject,
              version.createdAt(),
              DATA_SCHEMA,
              version));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("version " + subject + " has no JSON form", e);
    }
  }

  /**
   * Reads an event back.
   *
   * @throws IllegalArgumentException when it is no such event
   */
  public static ModelVersion parse(String json) {
    try {
      JsonNode root = Json.MAPPER.readTree(json);
      String type = root.path("type").asText("");
      if (!type.equals(TYPE)) {
        throw new IllegalArgumentException(
            "not a %s event: its type is \"%s\"".formatted(TYPE, type));
      }
      if (!root.path("data").isObject()) {
        throw new IllegalArgumentException("a " + TYPE + " event without \"data\"");
      }
      return Json.MAPPER.treeToValue(root.get("data"), ModelVersion.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a CloudEvent: " + e.getOriginalMessage(), e);
    }
  }
}
