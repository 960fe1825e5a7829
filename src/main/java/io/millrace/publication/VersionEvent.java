package io.millrace.publication;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Optional;

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
   * Reads an event of the versions topic; empty for one of another type.
   *
   * @throws IllegalArgumentException when it is no event, or cannot be read
   */
  public static Optional<ModelVersion> ifPublished(String json) {
    return CloudEvent.data(json, TYPE, ModelVersion.class);
  }

  /**
   * Reads an event back.
   *
   * @throws IllegalArgumentException when it is no such event
   */
  public static ModelVersion parse(String json) {
    return ifPublished(json)
        .orElseThrow(() -> new IllegalArgumentException("not a " + TYPE + " event"));
  }
}
