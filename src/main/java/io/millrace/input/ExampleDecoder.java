package io.millrace.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.example.BrokenRuleException;
import io.millrace.example.Characters;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.EventTimes;
import io.millrace.example.GivenTarget;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The JSON contract of the example and held-out topics: {@code {"id"?, "text", "text_pair"?,
 * "label", "timestamp"?, "weight"?}}; a null value retracts the id that is its key. Unknown fields
 * are ignored, so producers may add their own. What the fields may hold is decided by {@link
 * TextRules}, {@link TargetReader}, {@link IdRules} and {@link EventTimes}; {@code
 * src/docs/reference/records.md} is the contract. Immutable, any thread. No message it makes quotes
 * a text.
 */
public final class ExampleDecoder {

  private static final Logger LOG = Logger.getLogger(ExampleDecoder.class);

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private static final int MAX_SLICE_CHARACTERS = 100;
  private static final int MAX_ID_CHARACTERS = 512;
  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final TextRules texts;
  private final TargetReader targets;
  private final IdRules ids;
  private final String sliceField;
  private final EventTime eventTime;

  public ExampleDecoder(ExampleSettings settings, TargetReader targets) {
    this(
        new TextRules(settings.maxTextCharacters()),
        targets,
        new IdRules(settings.maxIdCharacters()),
        settings.sliceField(),
        EventTime.STRICT);
  }

  /**
   * With the default length of ids.
   *
   * @param maxTextCharacters longest text accepted, in characters
   * @param sliceField the field whose values held-out scores are told apart by
   * @param targets reads what is to be learned
   */
  public ExampleDecoder(int maxTextCharacters, String sliceField, TargetReader targets) {
    this(
        new TextRules(maxTextCharacters),
        targets,
        new IdRules(MAX_ID_CHARACTERS),
        sliceField,
        EventTime.STRICT);
  }

  private ExampleDecoder(
      TextRules texts, TargetReader targets, IdRules ids, String sliceField, EventTime eventTime) {
    this.texts = texts;
    this.targets = targets;
    this.ids = ids;
    this.sliceField = sliceField;
    this.eventTime = eventTime;
  }

  /**
   * The same for files that were exported from elsewhere: labels and ids may be numbers or
   * booleans, times lack a zone (then UTC) or be dates.
   */
  public ExampleDecoder ofExports() {
    return new ExampleDecoder(texts, targets, ids, sliceField, EventTime.EXPORTED);
  }

  /** Decodes one record; never throws on bad input. */
  public Decoded decode(InboundRecord record) {
    try {
      return record.value() == null
          ? new Decoded.Retraction(record, ids.retracted(record.key()))
          : example(record);
    } catch (BrokenRuleException e) {
      return new Decoded.Refused(new DeadLetter(record, e.reason(), e.getMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      // A mistake of ours: it must not end the input, for the record would be read again and again.
      LOG.errorf("record %s cannot be decoded: %s", record.position(), e.getClass().getName());
      return new Decoded.Refused(
          new DeadLetter(record, Reason.UNDECODABLE, "the value cannot be decoded"));
    }
  }

  /** Field by field, so that the first rule broken is the one named. */
  private Decoded example(InboundRecord record) throws BrokenRuleException {
    JsonNode root = parse(record.value());
    Fields fields = new Fields(root, eventTime == EventTime.EXPORTED);
    targets.refuseOtherTasks(fields);
    String text = texts.text("\"text\"", fields.string("text"));
    GivenTarget target = targets.read(fields);
    Optional<String> id = ids.id(fields.name("id"));
    Optional<String> pair = texts.pair("\"text_pair\"", fields.string("text_pair"));
    EventTimes.Timed time = EventTimes.of(eventTime(root), record.timestampMillis());
    return new Decoded.Accepted(
        new LabelledExample(
            id.orElseGet(() -> record.position().toString()),
            text,
            pair,
            target,
            time.at(),
            weight(root),
            record.position(),
            slice(root)),
        time.source());
  }

  /** Whatever it is, it refuses no example. */
  private Optional<String> slice(JsonNode root) {
    JsonNode node = root.path(sliceField);
    String value = node.isValueNode() && !node.isNull() ? node.asText() : "";
    return Characters.isBlank(value) || !Characters.isWellFormed(value)
        ? Optional.empty()
        : Optional.of(Characters.cut(value, MAX_SLICE_CHARACTERS));
  }

  private static JsonNode parse(byte[] value) throws BrokenRuleException {
    try {
      JsonNode root = JSON.readTree(decoded(value));
      if (!root.isObject()) {
        throw undecodable("the value is not a JSON object");
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
      throw undecodable("the value is not valid JSON" + place);
    } catch (IOException e) {
      throw undecodable("the value cannot be read as UTF-8 JSON");
    }
  }

  /** The parser by itself would guess the encoding, and take what is no UTF-8 for some text. */
  private static String decoded(byte[] value) throws CharacterCodingException {
    String json = UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    return !json.isEmpty() && json.charAt(0) == BYTE_ORDER_MARK ? json.substring(1) : json;
  }

  private Optional<Instant> eventTime(JsonNode root) throws BrokenRuleException {
    JsonNode node = root.get("timestamp");
    if (node == null || node.isNull()) {
      return Optional.empty();
    }
    Optional<Instant> time = eventTime.parse(node);
    if (time.isEmpty()) {
      throw undecodable("\"timestamp\" is neither ISO 8601 with a zone nor epoch milliseconds");
    }
    return time;
  }

  private static double weight(JsonNode root) throws BrokenRuleException {
    JsonNode node = root.get("weight");
    if (node == null || node.isNull()) {
      return 1;
    }
    // The loss is computed in float32, so that is where the weight must be finite.
    if (!node.isNumber() || !Float.isFinite(node.floatValue()) || node.floatValue() <= 0) {
      throw undecodable("\"weight\" is not a finite number above 0");
    }
    return node.doubleValue();
  }

  private static BrokenRuleException undecodable(String detail) {
    return new BrokenRuleException(Reason.UNDECODABLE, detail);
  }
}
