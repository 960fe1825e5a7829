package io.millrace.publication;

import com.fasterxml.jackson.databind.JsonNode;
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
    json(folder.resolve("tokenizer.json"), TokenizerFiles.tokenizer(tokenizer));
    for (Map.Entry<String, byte[]> file : content.tokenizerFiles().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    json(
        folder.resolve(TokenizerFiles.CONFIG),
        TokenizerFiles.config(tokenizer, content.tokenizerFiles(), content.maxLength()));
    Files.writeString(
        folder.resolve("README.md"), ModelCard.render(content), StandardCharsets.UTF_8);
    json(folder.resolve("millrace.json"), provenance(content));
  }

  private static Map<String, Object> provenance(ArtifactContent content) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", content.model());
    facts.put("version", content.version());
    facts.put("parent", content.parent());
    facts.put("createdAt", content.createdAt());
    facts.put("labels", content.labels());
    facts.put("maxLength", content.maxLength());
    facts.put("decision", content.decision());
    facts.put("evaluation", content.evaluation());
    facts.put("parentEvaluation", content.parentEvaluation());
    facts.put("golden", content.golden());
    facts.put("parentGolden", content.parentGolden());
    facts.put("prequential", content.prequential());
    facts.put("test", content.test());
    facts.put("provenance", content.provenance());
    return facts;
  }

  private static void json(Path file, Object value) throws IOException {
    Files.write(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
  }
}
