package io.millrace.publication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelConfigJson;
import io.millrace.torch.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a version as a Hugging Face model directory. Stateless. */
public final class ArtifactWriter {

  private ArtifactWriter() {}

  /** Fills an empty folder. */
  public static void write(Path folder, ArtifactContent content) throws IOException {
    Files.write(
        folder.resolve("config.json"), ModelConfigJson.write(content.config(), content.labels()));
    Safetensors.write(
        folder.resolve("model.safetensors"), content.weights(), Map.of("format", "pt"));
    JsonNode tokenizer = Json.MAPPER.readTree(content.tokenizerJson());
    json(folder.resolve("tokenizer.json"), unpadded(tokenizer));
    json(folder.resolve("tokenizer_config.json"), tokenizerConfig(tokenizer, content.maxLength()));
    Files.writeString(
        folder.resolve("README.md"), ModelCard.render(content), StandardCharsets.UTF_8);
    json(folder.resolve("millrace.json"), provenance(content));
  }

  /** Truncation and padding are the caller's choice; a fixed padding makes short texts costly. */
  private static JsonNode unpadded(JsonNode tokenizer) {
    ObjectNode copy = tokenizer.deepCopy();
    copy.putNull("truncation");
    copy.putNull("padding");
    return copy;
  }

  private static Map<String, Object> tokenizerConfig(JsonNode tokenizer, int maxLength) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("tokenizer_class", "BertTokenizer");
    config.put("model_max_length", maxLength);
    config.put("do_lower_case", tokenizer.path("normalizer").path("lowercase").asBoolean(true));
    config.put("cls_token", "[CLS]");
    config.put("sep_token", "[SEP]");
    config.put("pad_token", "[PAD]");
    config.put("unk_token", "[UNK]");
    config.put("mask_token", "[MASK]");
    return config;
  }

  private static Map<String, Object> provenance(ArtifactContent content) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", content.model());
    facts.put("version", content.version());
    facts.put("parent", content.parent());
    facts.put("createdAt", content.createdAt());
    facts.put("maxLength", content.maxLength());
    facts.put("decision", content.decision());
    facts.put("evaluation", content.evaluation());
    facts.put("provenance", content.provenance());
    return facts;
  }

  private static void json(Path file, Object value) throws IOException {
    Files.write(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
  }
}
