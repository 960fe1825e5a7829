package io.millrace.example;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.example.DeadLetter.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Optional;

/**
 * The JSON contract of the example and held-out topics: {@code {"id"?, "text", "text_pair"?,
 * "label", "timestamp"?, "weight"?}}; a null value retracts the id that is its key. Unknown fields
 * are ignored, so producers may add their own. Immutable, any thread. No message it makes quotes a
 * text.
 */
public final class ExampleDecoder {

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private static final int MAX_SLICE_CHARACTERS = 100;

  private final int maxTextCharacters;
  private final String sliceField;
  private final EventTime eventTime;

  public ExampleDecoder(ExampleSettings settings) {
    this(settings.maxTextCharacters(), settings.sliceField());
  }

  /**
   * @param maxTextCharacters longest text accepted, in characters
   * @param sliceField the field whose values held-out scores are told apart by
   */
  public ExampleDecoder(int maxTextCharacters, String sliceField) {
    this(maxTextCharacters, sliceField, EventTime.STRICT);
  }

  private ExampleDecoder(int maxTextCharacters, String sliceField, EventTime eventTime) {
    this.maxTextCharacters = maxTextCharacters;
    this.sliceField = sliceField;
    this.eventTime = eventTime;
  }

  /**
   * The same for files that were exported from elsewhere: labels and ids may be numbers or
   * booleans, times lack a zone (then UTC) or be dates.
   */
  public ExampleDecoder ofExports() {
    return new ExampleDecoder(maxTextCharacters, sliceField, EventTime.EXPORTED);
  }

  /** Decodes one record; never throws on bad input. */
  public Decoded decode(InboundRecord record) {
    try {
      return record.value() == null
          ? new Decoded.Retraction(record, key(record))
          : new Decoded.Accepted(example(record));
    } catch (Refusal refusal) {
      return new Decoded.Refused(new DeadLetter(record, refusal.reason, refusal.getMessage()));
    }
  }

  private static String key(InboundRecord record) throws Refusal {
    try {
      if (record.key() != null && record.key().length > 0) {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(record.key())).toString();
      }
    } catch (CharacterCodingException e) {
      // Falls through to the one message below.
    }
    throw new Refusal(
        Reason.UNDECODABLE,
        "a null value retracts the id that is its key, and the key is no UTF-8 text");
  }

  private LabelledExample example(InboundRecord record) throws Refusal {
    JsonNode root = parse(record.value());
    refuseOtherTasks(root);
    String text =
        text(root, "text")
            .orElseThrow(() -> new Refusal(Reason.MISSING_TEXT, "\"text\" is missing or blank"));
    String label =
        name(root, "label")
            .filter(value -> !value.isBlank())
            .orElseThrow(() -> new Refusal(Reason.MISSING_LABEL, "\"label\" is missing or blank"));
    return new LabelledExample(
        name(root, "id").orElseGet(() -> record.position().toString()),
        text,
        text(root, "text_pair"),
        label,
        eventTime(root).orElseGet(() -> Instant.ofEpochMilli(record.timestampMillis())),
        weight(root),
        record.position(),
        slice(root));
  }

  /** Whatever it is, it refuses no example. */
  private Optional<String> slice(JsonNode root) {
    JsonNode node = root.path(sliceField);
    String value = node.isValueNode() && !node.isNull() ? node.asText() : "";
    return value.isBlank()
        ? Optional.empty()
        : Optional.of(value.substring(0, Math.min(MAX_SLICE_CHARACTERS, value.length())));
  }

  private static JsonNode parse(byte[] value) throws Refusal {
    try {
      JsonNode root = JSON.readTree(value);
      if (!root.isObject()) {
        throw new Refusal(Reason.UNDECODABLE, "the value is not a JSON object");
      }
      return root;
    } catch (JacksonException e) {
      // The parser's own message can quote the value; only the place is safe to show.
      String place =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new Refusal(Reason.UNDECODABLE, "the value is not valid JSON" + place);
    } catch (IOException e) {
      throw new Refusal(Reason.UNDECODABLE, "the value cannot be read as UTF-8 JSON");
    }
  }

  private static void refuseOtherTasks(JsonNode root) throws Refusal {
    for (String field : new String[] {"labels", "tags", "tokens"}) {
      if (root.hasNonNull(field)) {
        throw new Refusal(
            Reason.UNSUPPORTED_TASK,
            "\"" + field + "\" belongs to a task other than single-label classification");
      }
    }
  }

  private Optional<String> text(JsonNode root, String field) throws Refusal {
    Optional<String> text = string(root, field).filter(value -> !value.isBlank());
    if (text.isPresent() && text.get().length() > maxTextCharacters) {
      throw new Refusal(
          Reason.TEXT_TOO_LARGE,
          "\"%s\" has %d characters, the limit is %d"
              .formatted(field, text.get().length(), maxTextCharacters));
    }
    return text;
  }

  private Optional<String> name(JsonNode root, String field) throws Refusal {
    JsonNode node = root.get(field);
    boolean taken =
        eventTime == EventTime.EXPORTED
            && node != null
            && (node.isIntegralNumber() || node.isBoolean());
    return taken ? Optional.of(node.asText()) : string(root, field);
  }

  private static Optional<String> string(JsonNode root, String field) throws Refusal {
    JsonNode node = root.get(field);
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw new Refusal(Reason.UNDECODABLE, "\"" + field + "\" is not a string");
    }
    return Optional.of(node.textValue());
  }

  private Optional<Instant> eventTime(JsonNode root) throws Refusal {
    JsonNode node = root.get("timestamp");
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    Optional<Instant> time = eventTime.parse(node);
    if (time.isEmpty()) {
      throw new Refusal(
          Reason.UNDECODABLE,
          "\"timestamp\" is neither ISO 8601 with a zone nor epoch milliseconds");
    }
    return time;
  }

  private static double weight(JsonNode root) throws Refusal {
    JsonNode node = root.get("weight");
    if (node == null || node.isNull()) {
      return 1;
    }
    // The loss is computed in float32, so that is where the weight must be finite.
    if (!node.isNumber() || !Float.isFinite(node.floatValue()) || node.floatValue() <= 0) {
      throw new Refusal(Reason.UNDECODABLE, "\"weight\" is not a finite number above 0");
    }
    return node.doubleValue();
  }

  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final Reason reason;

    Refusal(Reason reason, String detail) {
      super(detail, null, false, false);
      this.reason = reason;
    }
  }
}
