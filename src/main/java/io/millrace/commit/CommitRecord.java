package io.millrace.commit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.Partition;
import io.millrace.storage.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Proof that a checkpoint is committed: a record of the commits topic, written in the checkpoint's
 * transaction. A model's last record counts.
 *
 * @param format version of the layout, 1
 * @param model the model's name, which is the record's key
 * @param term of the owner that committed it
 * @param unit the checkpoint's id; empty where an owner began at the base
 * @param positions the next offset of every input partition, by {@code topic-partition}
 * @param letters dead letters already sent, so that the next owner does not send them again
 * @param time when
 */
public record CommitRecord(
    int format,
    String model,
    long term,
    @JsonProperty("unit") Optional<String> unit,
    Map<Partition, Long> positions,
    @JsonProperty("letters") SentDeadLetters letters,
    Instant time) {

  private static final int FORMAT = 1;

  public CommitRecord {
    positions = Map.copyOf(positions);
    letters = letters == null ? SentDeadLetters.NONE : letters;
  }

  /** One of this release. */
  public CommitRecord(
      String model,
      long term,
      Optional<String> unit,
      Map<Partition, Long> positions,
      SentDeadLetters letters,
      Instant time) {
    this(FORMAT, model, term, unit, positions, letters, time);
  }

  /** Its value on the topic. */
  public byte[] json() {
    try {
      return Json.MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a commit record has no JSON form", e);
    }
  }

  /**
   * Reads a value of the topic.
   *
   * @throws IOException where it is none, or a newer release wrote it
   */
  public static CommitRecord parse(byte[] json) throws IOException {
    CommitRecord record = Json.MAPPER.readValue(json, CommitRecord.class);
    if (record == null || record.format < 1 || record.model == null) {
      throw new IOException("it is no commit record: it lacks its format or model");
    }
    if (record.format > FORMAT) {
      throw new IOException(
          "it has format %d, this release reads up to %d: start a newer release"
              .formatted(record.format, FORMAT));
    }
    return record;
  }
}
