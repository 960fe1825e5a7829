package io.millrace.version;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.storage.Json;
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

  /** Attribute of an event that repeats an earlier one. */
  public static final String REPEATED = "repeated";

  private VersionEvent() {}

  /** The event as it stands on the topic. */
  public static String json(ModelVersion version) {
    return tree(version).toString();
  }

  /**
   * The same event, announced again because the topic no longer holds it: its {@code id} and {@code
   * time} are those of the first, and the extension attribute {@value #REPEATED} is true.
   */
  public static String repeated(ModelVersion version) {
    return tree(version).put(REPEATED, true).toString();
  }

  private static ObjectNode tree(ModelVersion version) {
    String subject = version.model() + "/" + version.version();
    CloudEvent event =
        CloudEvent.of(
            subject + "/published",
            version.model(),
            TYPE,
            subject,
            version.createdAt(),
            DATA_SCHEMA,
            version);
    return Json.MAPPER.valueToTree(event);
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
