package io.millrace.version;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.storage.Json;
import java.time.Instant;

/**
 * An instance became the owner of a model: the offset of this event on the versions topic is its
 * term.
 *
 * @param model the model's name
 * @param instance which instance, unique to the event
 * @param host where it runs
 * @param startedAt when it took over
 */
public record TrainerStarted(String model, String instance, String host, Instant startedAt) {

  public static final String TYPE = "io.millrace.trainer.started";

  /** Identifies {@code schemas/trainer-started.schema.json}. */
  public static final String DATA_SCHEMA = "urn:millrace:schema:trainer-started:1";

  /** The event as it stands on the topic: CloudEvents 1.0, structured JSON. */
  public String json() {
    try {
      return Json.MAPPER.writeValueAsString(
          CloudEvent.of(
              model + "/" + instance + "/started",
              model,
              TYPE,
              model,
              startedAt,
              DATA_SCHEMA,
              this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the start of " + model + " has no JSON form", e);
    }
  }
}
