package io.millrace.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.gate.TestResult;
import io.millrace.score.Evaluation;
import io.millrace.storage.Json;
import io.millrace.torch.file.Safetensors;
import io.millrace.version.Provenance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a version as a Hugging Face model directory. Stateless. */
public final class ArtifactWriter {

  private ArtifactWriter() {}

  /** Fills an empty folder. */
  public static void write(Path folder, ArtifactContent content) throws IOException {
    Files.write(folder.resolve("config.json"), content.architecture().configJson(content.labels()));
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
    json(folder.resolve("millrace.json"), Facts.of(content));
  }

  private static void json(Path file, Object value) throws IOException {
    Files.write(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
  }

  /** Description of a version for a reader of its folder. */
  private record Facts(
      String model,
      long version,
      Optional<Long> parent,
      Instant createdAt,
      List<String> labels,
      int maxLength,
      String decision,
      Evaluation evaluation,
      Optional<Evaluation> parentEvaluation,
      Optional<Evaluation> golden,
      Optional<Evaluation> parentGolden,
      Optional<Evaluation> prequential,
      Optional<TestResult> test,
      Provenance provenance) {

    static Facts of(ArtifactContent content) {
      return new Facts(
          content.model(),
          content.version(),
          content.parent(),
          content.createdAt(),
          content.labels(),
          content.maxLength(),
          content.decision(),
          content.evaluation(),
          content.parentEvaluation(),
          content.golden(),
          content.parentGolden(),
          content.prequential(),
          content.test(),
          content.provenance());
    }
  }
}
