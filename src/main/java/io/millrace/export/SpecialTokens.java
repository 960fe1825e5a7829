package io.millrace.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The special tokens of a base whose own files do not name them: by what {@code tokenizer.json}
 * does with them, else by the names that are usual.
 *
 * @param tokenizer the base's {@code tokenizer.json}
 */
record SpecialTokens(JsonNode tokenizer) {

  static final List<String> ROLES = List.of("unk", "sep", "pad", "cls", "mask");

  private static final Map<String, String> OTHER_NAMES = Map.of("cls", "<s>", "sep", "</s>");

  /** The token of a role; empty where there is none. */
  Optional<String> of(String role) {
    return used(role).or(() -> usual(role));
  }

  private Optional<String> used(String role) {
    return switch (role) {
      case "unk" -> text(tokenizer.path("model").path("unk_token"));
      case "pad" -> text(tokenizer.path("padding").path("pad_token"));
      case "cls", "sep" -> around(role, tokenizer.path("post_processor"));
      default -> Optional.empty();
    };
  }

  /** The tokens that a post-processor puts around a text: [CLS] before it, [SEP] after it. */
  private static Optional<String> around(String role, JsonNode processor) {
    for (JsonNode part : processor.path("processors")) {
      Optional<String> found = around(role, part);
      if (found.isPresent()) {
        return found;
      }
    }
    if (processor.has(role)) { // BertProcessing, RobertaProcessing: [token, id]
      return text(processor.path(role).path(0));
    }
    List<JsonNode> single = new ArrayList<>();
    processor.path("single").forEach(single::add);
    int at = role.equals("cls") ? 0 : single.size() - 1;
    return single.isEmpty()
        ? Optional.empty()
        : text(single.get(at).path("SpecialToken").path("id"));
  }

  private Optional<String> usual(String role) {
    return List.of(
            "[" + role.toUpperCase(Locale.ROOT) + "]",
            "<" + role + ">",
            OTHER_NAMES.getOrDefault(role, ""))
        .stream()
        .filter(this::isToken)
        .findFirst();
  }

  private boolean isToken(String name) {
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    if (vocabulary.isObject() && vocabulary.has(name)) {
      return true;
    }
    for (JsonNode piece : vocabulary.isArray() ? vocabulary : List.<JsonNode>of()) {
      if (piece.path(0).asText().equals(name)) {
        return true;
      }
    }
    for (JsonNode added : tokenizer.path("added_tokens")) {
      if (added.path("content").asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<String> text(JsonNode node) {
    return Optional.ofNullable(node.textValue());
  }
}
