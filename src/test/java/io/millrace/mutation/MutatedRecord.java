package io.millrace.mutation;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record that was made wrong on purpose, and what must become of it. The fields are those of
 * {@code src/test/python/mutated_records.py}, which computed them.
 */
record MutatedRecord(JsonNode fields) {

  /** In the whole set; names the record in a failure. */
  int number() {
    return fields.get("n").asInt();
  }

  int segment() {
    return fields.get("s").asInt();
  }

  /** {@code examples} or {@code heldout}. */
  String topic() {
    return fields.get("t").asText();
  }

  int partition() {
    return fields.get("p").asInt();
  }

  /** The record's Kafka timestamp, epoch milliseconds. */
  long sentAt() {
    return fields.get("ts").asLong();
  }

  /** Null where it has none. */
  byte[] key() {
    return bytes("k");
  }

  /** Null for a retraction. */
  byte[] value() {
    return bytes("v");
  }

  /** Why the contract refuses it, whatever the base. */
  Optional<String> reason() {
    return string("reason");
  }

  /** The id that it takes back. */
  Optional<String> retracts() {
    return string("retracts");
  }

  /** Empty where its position stands for it. */
  Optional<String> id() {
    return string("id");
  }

  Optional<String> label() {
    return string("label");
  }

  Optional<String> group() {
    return string("group");
  }

  boolean is(String flag) {
    return fields.path(flag).asBoolean();
  }

  /**
   * {@code TRAINED}, {@code HELD_OUT}, {@code RETRACTION}, or why it is refused.
   *
   * @param base its name
   */
  String became(String base) {
    JsonNode became = fields.path("became");
    return reason()
        .orElseGet(() -> became.isObject() ? became.get(base).asText() : became.asText());
  }

  /** Later records of its partition that are about it, in order. */
  List<Later> later(String base) {
    JsonNode later = fields.path("later");
    List<Later> all = new ArrayList<>();
    for (JsonNode one : later.isObject() ? later.get(base) : later) {
      all.add(new Later(one.get(0).asInt(), one.get(1).asText()));
    }
    return all;
  }

  /**
   * A record that corrects or retracts another.
   *
   * @param kind what it does to that, {@code SUPERSEDED} or {@code RETRACTED}
   */
  record Later(int number, String kind) {}

  private Optional<String> string(String field) {
    return Optional.ofNullable(fields.get(field)).map(JsonNode::asText);
  }

  private byte[] bytes(String field) {
    JsonNode packed = fields.get(field);
    if (packed == null) {
      return null;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (packed.isArray()) {
      packed.forEach(part -> write(part, out));
    } else {
      write(packed, out);
    }
    return out.toByteArray();
  }

  private static void write(JsonNode part, ByteArrayOutputStream out) {
    try {
      byte[] once =
          part.has("b")
              ? part.get("b").binaryValue()
              : (part.has("r") ? part.get("r") : part).asText().getBytes(StandardCharsets.UTF_8);
      for (int times = part.path("n").asInt(1); times > 0; times--) {
        out.writeBytes(once);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    String all = fields.toString();
    return all.length() > 700 ? all.substring(0, 700) + "…" : all;
  }
}
