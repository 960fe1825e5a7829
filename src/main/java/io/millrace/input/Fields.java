package io.millrace.input;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.example.BrokenRuleException;
import io.millrace.example.DeadLetter.Reason;
import java.util.OptionalDouble;

/** The fields of one record, a JSON object. */
public final class Fields {

  private final JsonNode root;
  private final boolean exported;

  /**
   * @param exported whether names may be numbers or booleans, as exports from elsewhere have them
   */
  Fields(JsonNode root, boolean exported) {
    this.root = root;
    this.exported = exported;
  }

  /** Whether the field is there and not null. */
  public boolean has(String field) {
    return root.hasNonNull(field);
  }

  /**
   * A string.
   *
   * @return null where the field is absent
   */
  public String name(String field) throws BrokenRuleException {
    JsonNode node = root.get(field);
    boolean taken = exported && node != null && (node.isIntegralNumber() || node.isBoolean());
    return taken ? node.asText() : string(field);
  }

  /** A number that is finite in float32; empty where the field is absent. */
  public OptionalDouble number(String field) throws BrokenRuleException {
    JsonNode node = root.get(field);
    if (node == null || node.isNull()) {
      return OptionalDouble.empty();
    }
    if (!node.isNumber() || !Float.isFinite(node.floatValue())) {
      throw undecodable("\"" + field + "\" is not a finite number");
    }
    return OptionalDouble.of(node.doubleValue());
  }

  /** As {@link #name}, never from a number. */
  String string(String field) throws BrokenRuleException {
    JsonNode node = root.get(field);
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isTextual()) {
      throw undecodable("\"" + field + "\" is not a string");
    }
    return node.textValue();
  }

  private static BrokenRuleException undecodable(String detail) {
    return new BrokenRuleException(Reason.UNDECODABLE, detail);
  }
}
