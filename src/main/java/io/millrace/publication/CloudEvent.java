package io.millrace.publication;

import java.time.Instant;

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
