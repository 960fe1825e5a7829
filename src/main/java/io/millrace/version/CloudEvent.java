package io.millrace.version;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import java.time.Instant;
import java.util.Optional;

/**
 * CloudEvents 1.0, structured JSON, by its attributes' names (github.com/cloudevents/spec).
 *
 * @param data the event's own fields
 */
record CloudEvent(
    String specversion,
    String id,
    String source,
    String type,
    String subject,
    Instant time,
    String datacontenttype,
    String dataschema,
    Object data) {

  /**
   * The data of an event; empty for one of another type.
   *
   * @throws IllegalArgumentException when it is no event, or has other data than its type
   */
  static <T> Optional<T> data(String json, String type, Class<T> data) {
    try {
      JsonNode root = Json.MAPPER.readTree(json);
      if (!root.path("type").isTextual()) {
        throw new IllegalArgumentException("not a CloudEvent: it has no type");
      }
      if (!root.path("type").asText().equals(type)) {
        return Optional.empty();
      }
      if (!root.path("data").isObject()) {
        throw new IllegalArgumentException("a " + type + " event without \"data\"");
      }
      return Optional.of(Json.MAPPER.treeToValue(root.get("data"), data));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a CloudEvent: " + e.getOriginalMessage(), e);
    }
  }

  static CloudEvent of(
      String id,
      String model,
      String type,
      String subject,
      Instant time,
      String dataSchema,
      Object data) {
    return new CloudEvent(
        "1.0", id, "/millrace/" + model, type, subject, time, "application/json", dataSchema, data);
  }
}
