package io.millrace.version;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.example.Partition;
import io.millrace.gate.TestResult;
import io.millrace.storage.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * An earlier version is current again; every server of the model loads it.
 *
 * @param model the model's name
 * @param version the version that is current from now on
 * @param term of that version, which is part of its artifact's path
 * @param from the version that was current
 * @param lastVersion the highest number given so far: a higher one replaces this decision
 * @param data what becomes of the records since: {@code REPLAY} or {@code SKIP}
 * @param command id of the command; starts with {@code automatic} where the gate decided
 * @param reason why, in words
 * @param test what decided it; empty where an operator did, and in events from before it was told
 * @param skipped records that are never trained on because of this, by {@code topic-partition}
 * @param time when
 */
public record RolledBack(
    String model,
    long version,
    long term,
    long from,
    long lastVersion,
    DataSince data,
    String command,
    String reason,
    Optional<TestResult> test,
    Map<Partition, Provenance.OffsetRange> skipped,
    Instant time) {

  public static final String TYPE = "io.millrace.version.rolledback";

  /** Identifies {@code schemas/version-rolledback.schema.json}. */
  public static final String DATA_SCHEMA = "urn:millrace:schema:version-rolledback:1";

  public RolledBack {
    skipped = Map.copyOf(skipped);
  }

  /**
   * Reads an event of the versions topic; empty for one of another type.
   *
   * @throws IllegalArgumentException when it is no event, or cannot be read
   */
  public static Optional<RolledBack> ifRolledBack(String json) {
    return CloudEvent.data(json, TYPE, RolledBack.class);
  }

  /** The event as it stands on the topic: CloudEvents 1.0, structured JSON. */
  public String json() {
    String subject = model + "/" + version;
    try {
      return Json.MAPPER.writeValueAsString(
          CloudEvent.of(
              subject + "/rolledback/" + command, model, TYPE, subject, time, DATA_SCHEMA, this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a roll-back to " + subject + " has no JSON form", e);
    }
  }
}
