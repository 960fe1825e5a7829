package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.BertTensors;
import io.millrace.testing.Berts;
import io.millrace.testing.OneAtATime;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.GradMode;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real MiniLM against hidden states that ONNX Runtime computed from the same file. */
@OneAtATime
class MiniLmIT {

  private static PretrainedModel base;
  private static TransformerClassifier model;
  private static TextTokenizer tokenizer;
  private static JsonNode cases;

  @BeforeAll
  static void load() throws IOException {
    base = BaseModels.load("embedded:all-minilm-l6-v2");
    model = TransformerClassifier.fresh(base, 2, 1, Device.cpu());
    tokenizer = TextTokenizer.fromJson(base.tokenizerJson(), 128);
    cases =
        new ObjectMapper()
            .readTree(MiniLmIT.class.getResourceAsStream("/golden/minilm.json"))
            .get("cases");
  }

  @AfterAll
  static void close() {
    model.close();
    tokenizer.close();
  }

  @Test
  void theBaseHasEveryTensorOfTheEncoderAndNoPooler() {
    Map<String, HostTensor> weights = base.weights();

    assertThat(weights).hasSize(101).doesNotContainKey("bert.pooler.dense.weight");
    assertThat(weights.get("bert.encoder.layer.5.intermediate.dense.weight").shape())
        .containsExactly(1536, 384);
  }

  @Test
  void everyTensorHasTheNameAndShapeOfTheConfig() {
    Map<String, long[]> expected = BertTensors.encoder(Berts.config(base.architecture()));

    assertThat(base.weights()).containsOnlyKeys(expected.keySet());
    expected.forEach(
        (name, shape) ->
            assertThat(base.weights().get(name).shape()).as(name).containsExactly(shape));
  }

  @Test
  void writtenAsAFolderItLoadsToTheSameWeights(@TempDir Path folder) throws IOException {
    // Given
    Files.write(folder.resolve("config.json"), base.architecture().configJson(List.of("a", "b")));
    Files.write(folder.resolve("tokenizer.json"), base.tokenizerJson());
    Safetensors.write(folder.resolve("model.safetensors"), base.weights(), Map.of("format", "pt"));

    // When
    PretrainedModel loaded = BaseModels.load(folder.toString());

    // Then
    assertThat(loaded.architecture()).isEqualTo(base.architecture());
    assertThat(loaded.weights()).containsOnlyKeys(base.weights().keySet());
    base.weights()
        .forEach(
            (name, tensor) ->
                assertThat(Arrays.equals(loaded.weights().get(name).data(), tensor.data()))
                    .as(name)
                    .isTrue());
  }

  @Test
  void tokenIdsAreThoseOfHuggingFaceWithoutPadding() {
    for (JsonNode golden : cases) {
      TokenizedText text = tokenizer.tokenize(golden.get("text").asText(), Optional.empty());

      assertThat(text.ids()).containsExactly(ints(golden.get("ids")));
    }
  }

  @Test
  void hiddenStatesAgreeInOnePaddedBatchToFourDigits() {
    List<TokenizedText> texts = new ArrayList<>();
    cases.forEach(
        golden -> texts.add(tokenizer.tokenize(golden.get("text").asText(), Optional.empty())));
    TokenMatrix tokens = TokenMatrix.of(texts);

    try (NDManager scope = model.newScope();
        GradMode off = GradMode.off()) {
      NDArray hidden = HiddenStates.of(model, scope, tokens);
      for (int row = 0; row < texts.size(); row++) {
        float[] cls = hidden.get(row).get(0).toFloatArray();
        float[] mean =
            hidden.get(row).get("0:" + texts.get(row).length()).mean(new int[] {0}).toFloatArray();
        for (int i = 0; i < 8; i++) {
          assertThat((double) cls[i])
              .isCloseTo(cases.get(row).get("cls8").get(i).asDouble(), within(1e-4));
          assertThat((double) mean[i])
              .isCloseTo(cases.get(row).get("mean8").get(i).asDouble(), within(1e-4));
        }
      }
    }
  }

  @Test
  void aTextLongerThanThePositionsIsRefused() {
    TokenMatrix tooLong = TokenMatrix.of(List.of(new TokenizedText(new int[513], new int[513])));

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> model.logits(tooLong))
        .hasMessageContaining("a text has 513 tokens, the model takes 512");
  }

  @Test
  void aSnapshotRestoresToTheSameLogits() {
    TokenMatrix tokens =
        TokenMatrix.of(List.of(tokenizer.tokenize("Where is my card?", Optional.empty())));
    Map<String, HostTensor> copy = new LinkedHashMap<>(model.snapshot());

    try (TransformerClassifier restored =
        TransformerClassifier.of(base.architecture(), copy, Device.cpu())) {
      assertThat(restored.logits(tokens)[0]).containsExactly(model.logits(tokens)[0]);
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
