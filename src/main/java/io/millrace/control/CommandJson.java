package io.millrace.control;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.version.DataSince;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** A command as a record of the control topic has it. */
final class CommandJson {

  private static final String ID = "[A-Za-z0-9_.:-]{1,100}";
  private static final int MOST_OF_A_NAME = 200;

  private CommandJson() {}

  /** See {@link Command#parse}. */
  static Command parse(byte[] json) {
    JsonNode root = root(json);
    String id = id(root);
    Optional<String> by = by(root);
    return switch (text(root, "command")) {
      case "pause" -> new Command.Pause(id, by);
      case "resume" -> new Command.Resume(id, by);
      case "publish" -> new Command.Publish(id, by);
      case "re-warm" -> new Command.ReWarm(id, by);
      case "roll-back" -> rollBack(id, by, root);
      default ->
          throw new IllegalArgumentException(
              "\"command\" is none of pause, resume, publish, re-warm, roll-back");
    };
  }

  /** See {@link Command#read}. */
  static Command read(byte[] json, String position) {
    try {
      return parse(json);
    } catch (IllegalArgumentException e) {
      return new Command.Unreadable(
          known(() -> id(root(json))).orElse(position.replace('@', ':')),
          known(() -> by(root(json))).flatMap(by -> by),
          String.valueOf(e.getMessage()));
    }
  }

  private static <T> Optional<T> known(Supplier<T> part) {
    try {
      return Optional.of(part.get());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static JsonNode root(byte[] json) {
    JsonNode root;
    try {
      root = json == null ? null : Json.MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("the command is not valid JSON", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("the command cannot be read as UTF-8 JSON", e);
    }
    if (root == null || !root.isObject()) {
      throw new IllegalArgumentException("the command is not a JSON object");
    }
    return root;
  }

  private static String id(JsonNode root) {
    String id = text(root, "id");
    if (!id.matches(ID)) {
      throw new IllegalArgumentException(
          "\"id\" has 1 to 100 letters, digits, dots, colons, dashes or underscores");
    }
    return id;
  }

  /** Whatever it is, it refuses no command. */
  private static Optional<String> by(JsonNode root) {
    return Optional.ofNullable(root.path("by").textValue())
        .filter(by -> !by.isBlank())
        .map(by -> by.substring(0, Math.min(MOST_OF_A_NAME, by.length())));
  }

  private static Command rollBack(String id, Optional<String> by, JsonNode root) {
    JsonNode version = root.path("version");
    if (!version.isIntegralNumber() || !version.canConvertToLong() || version.asLong() < 1) {
      throw new IllegalArgumentException("\"version\" is not the number of a version");
    }
    return switch (root.path("data").asText("")) {
      case "replay" -> new Command.RollBack(id, by, version.asLong(), DataSince.REPLAY);
      case "skip" -> new Command.RollBack(id, by, version.asLong(), DataSince.SKIP);
      default ->
          throw new IllegalArgumentException(
              "\"data\" says what becomes of the records since: replay or skip");
    };
  }

  private static String text(JsonNode root, String field) {
    JsonNode node = root.path(field);
    if (!node.isTextual()) {
      throw new IllegalArgumentException("\"" + field + "\" is missing or not a string");
    }
    return node.asText();
  }
}
