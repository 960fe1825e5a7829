package io.millrace.model.arch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * A {@code config.json} that is being read.
 *
 * @param root a JSON object
 * @param file its path, for messages
 */
public record ConfigFile(JsonNode root, String file) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @throws BaseModelException where this is no JSON object
   */
  static ConfigFile parse(byte[] json, String file) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException e) {
      throw new BaseModelException(file + " is not valid JSON", e);
    }
    if (!root.isObject()) {
      throw new BaseModelException(file + " is not a JSON object");
    }
    return new ConfigFile(root, file);
  }

  /**
   * @throws BaseModelException where a field has another value, or is missing
   */
  public void require(String field, String expected) {
    if (!root.path(field).asText().equals(expected)) {
      throw new BaseModelException(
          "%s: \"%s\" is %s, only \"%s\" is supported"
              .formatted(file, field, shown(field), expected));
    }
  }

  /**
   * @throws BaseModelException where the field is no integer, or missing
   */
  public int integer(String field) {
    if (!root.path(field).isInt()) {
      throw new BaseModelException(
          "%s: \"%s\" must be an integer, is %s".formatted(file, field, shown(field)));
    }
    return root.get(field).intValue();
  }

  /**
   * @param absent for a file without the field: Hugging Face's own default, which its writers may
   *     leave out
   * @throws BaseModelException where the field is no number
   */
  public double number(String field, double absent) {
    JsonNode value = root.path(field);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.isNumber()) {
      throw new BaseModelException(
          "%s: \"%s\" must be a number, is %s".formatted(file, field, value));
    }
    return value.doubleValue();
  }

  String shown(String field) {
    return root.has(field) ? root.get(field).toString() : "missing";
  }
}
