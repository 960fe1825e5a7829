package io.millrace.pipeline;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.publication.Json;
import java.io.IOException;

/** What an operator asks of the trainer. Sealed: another one is a change of contract. */
public sealed interface Command {

  /** Chosen by the sender: a second command of the same id is ignored. */
  String id();

  /** {@code pause}, {@code resume}, {@code publish} or {@code roll-back}. */
  String name();

  /** Trains no more until {@link Resume}, over restarts and take-overs too. */
  record Pause(String id) implements Command {
    @Override
    public String name() {
      return "pause";
    }
  }

  /** Trains on. */
  record Resume(String id) implements Command {
    @Override
    public String name() {
      return "resume";
    }
  }

  /** Evaluates now and publishes, whatever the gate would say, unless the weights are broken. */
  record Publish(String id) implements Command {
    @Override
    public String name() {
      return "publish";
    }
  }

  /**
   * Goes back to a version: its weights, its optimizer, its replay buffer.
   *
   * @param version its number
   * @param data what becomes of the records since
   */
  record RollBack(String id, long version, DataSince data) implements Command {
    @Override
    public String name() {
      return "roll-back";
    }
  }

  /** What becomes of the records behind the version that is rolled back to. */
  enum DataSince {
    /** They are read and trained on again. */
    REPLAY,
    /** They are never trained on; the event names them. */
    SKIP
  }

  /**
   * Reads {@code {"id", "command", "version"?, "data"?}}.
   *
   * @throws IllegalArgumentException naming the rule broken
   */
  static Command parse(byte[] json) {
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
    String id = text(root, "id");
    if (!id.matches("[\\w.:-]{1,100}")) {
      throw new IllegalArgumentException(
          "\"id\" has 1 to 100 letters, digits, dots, colons, dashes or underscores");
    }
    return switch (text(root, "command")) {
      case "pause" -> new Pause(id);
      case "resume" -> new Resume(id);
      case "publish" -> new Publish(id);
      case "roll-back" -> rollBack(id, root);
      default ->
          throw new IllegalArgumentException(
              "\"command\" is none of pause, resume, publish, roll-back");
    };
  }

  private static Command rollBack(String id, JsonNode root) {
    JsonNode version = root.path("version");
    if (!version.isIntegralNumber() || !version.canConvertToLong() || version.asLong() < 1) {
      throw new IllegalArgumentException("\"version\" is not the number of a version");
    }
    return switch (root.path("data").asText("")) {
      case "replay" -> new RollBack(id, version.asLong(), DataSince.REPLAY);
      case "skip" -> new RollBack(id, version.asLong(), DataSince.SKIP);
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
