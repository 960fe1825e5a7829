package io.millrace.model;

import static io.millrace.testing.HostTensors.assertSame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.arch.BaseModelException;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.testing.BertTensors;
import io.millrace.testing.Berts;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as Hugging Face lays them out, whole and broken. */
class BaseModelsTest {

  private static final BertConfig CONFIG = TinyBert.config(0.1);
  private static final String TOKENIZER =
      "{\"added_tokens\":[{\"id\":49}],\"model\":{\"vocab\":{\"[PAD]\":0,\"a\":48}}}";

  @TempDir private Path folder;
  private Path weightsFile;

  @BeforeEach
  void aFolderThatIsWhole() throws IOException {
    weightsFile = folder.resolve("model.safetensors");
    Files.write(folder.resolve("config.json"), new Bert(CONFIG).configJson(List.of("a", "b", "c")));
    Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
    write(encoder());
  }

  @Test
  void aFolderIsReadWithItsConfigAndTokenizer() {
    PretrainedModel model = BaseModels.load(folder.toString());

    assertThat(model.origin()).isEqualTo(folder.toString());
    assertThat(model.architecture()).isEqualTo(new Bert(CONFIG));
    assertThat(model.tokenizerJson()).asString().isEqualTo(TOKENIZER);
    assertSame(model.weights(), encoder());
  }

  @Test
  void namesOfBertModelGetThePrefix() throws IOException {
    write(renamed(name -> name.substring("bert.".length())));

    assertSame(BaseModels.load(folder.toString()).weights(), encoder());
  }

  @Test
  void gammaAndBetaOfOldFilesAreWeightAndBiasOfLayerNorm() throws IOException {
    write(
        renamed(
            name ->
                name.replace("LayerNorm.weight", "LayerNorm.gamma")
                    .replace("LayerNorm.bias", "LayerNorm.beta")));

    assertSame(BaseModels.load(folder.toString()).weights(), encoder());
  }

  @Test
  void aPoolerIsKeptAndHeadsOfOtherTasksAreNot() throws IOException {
    // Given
    Map<String, HostTensor> weights = encoder();
    weights.put("bert.pooler.dense.weight", zeros(32, 32));
    weights.put("bert.pooler.dense.bias", zeros(32));
    weights.put("classifier.weight", zeros(7, 32));
    weights.put("cls.predictions.bias", zeros(200));
    write(weights);

    // When
    Map<String, HostTensor> loaded = BaseModels.load(folder.toString()).weights();

    // Then
    assertThat(loaded)
        .hasSize(encoder().size() + 2)
        .containsKeys("bert.pooler.dense.weight", "bert.pooler.dense.bias");
  }

  @Test
  void aMissingTensorIsNamedWithTheShapeItShouldHave() throws IOException {
    Map<String, HostTensor> weights = encoder();
    weights.remove("bert.encoder.layer.1.output.dense.weight");
    write(weights);

    assertRefused(
        weightsFile
            + ": tensor bert.encoder.layer.1.output.dense.weight is missing,"
            + " expected shape [32, 64]");
  }

  @Test
  void aTensorOfAnotherShapeIsNamedWithBothShapes() throws IOException {
    Map<String, HostTensor> weights = encoder();
    weights.put("bert.embeddings.word_embeddings.weight", zeros(201, 32));
    write(weights);

    assertRefused(
        weightsFile
            + ": tensor bert.embeddings.word_embeddings.weight has shape [201, 32],"
            + " expected [200, 32]");
  }

  @Test
  void halfAPoolerIsRefused() throws IOException {
    Map<String, HostTensor> weights = encoder();
    weights.put("bert.pooler.dense.weight", zeros(32, 32));
    write(weights);

    assertRefused(weightsFile + ": tensor bert.pooler.dense.bias is missing, expected shape [32]");
  }

  @Test
  void aValueThatIsNotFiniteIsRefused() throws IOException {
    Map<String, HostTensor> weights = encoder();
    HostTensor bias = zeros(32);
    bias.data()[3] = Float.NaN;
    weights.put("bert.encoder.layer.0.output.LayerNorm.bias", bias);
    write(weights);

    assertRefused(
        weightsFile
            + ": tensor bert.encoder.layer.0.output.LayerNorm.bias has the value NaN at 3 of 32,"
            + " expected finite values");
  }

  @Test
  void aTruncatedFileIsNamedWithTheTensorThatIsCut() throws IOException {
    byte[] whole = Files.readAllBytes(weightsFile);
    Files.write(weightsFile, Arrays.copyOf(whole, whole.length - 1));
    int data = 4 * encoder().values().stream().mapToInt(tensor -> tensor.data().length).sum();

    assertRefused(
        weightsFile
            + " is no valid safetensors file: tensor bert.encoder.layer.1.output.LayerNorm.bias"
            + " ends at byte %d of the data, the file has %d: it is truncated"
                .formatted(data, data - 1));
  }

  @Test
  void anotherArchitectureIsRefused() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"distilbert\"}");

    assertRefused(
        folder.resolve("config.json")
            + ": \"model_type\" is \"distilbert\", only \"bag-of-words\" or \"bert\" is supported");
  }

  @Test
  void aTokenizerWithMoreTokensThanTheEmbeddingIsRefused() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER.replace("49", "200"));

    assertRefused(
        folder.resolve("tokenizer.json") + " has the token id 200, the model's vocab_size is 200");
  }

  @Test
  void aTokenizerFileThatIsNoneIsRefused() throws IOException {
    Path file = folder.resolve("tokenizer.json");

    Files.writeString(file, "{\"model\":");
    assertRefused(file + " is not valid JSON");

    Files.writeString(file, "{\"model\":{}}");
    assertRefused(file + ": \"model\" has no \"vocab\"");
  }

  @Test
  void eachMissingFileIsNamed() throws IOException {
    for (String name : List.of("model.safetensors", "tokenizer.json", "config.json")) {
      Files.delete(folder.resolve(name));

      assertRefused("millrace.model.base: the file " + folder.resolve(name) + " is missing");
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> BaseModels.load(folder.resolve("none").toString()))
        .isInstanceOf(BaseModelException.class)
        .hasMessage("millrace.model.base: there is no folder " + folder.resolve("none"));
  }

  @Test
  void anUnknownEmbeddedModelIsRefused() {
    assertThatThrownBy(() -> BaseModels.load("embedded:gpt"))
        .isInstanceOf(BaseModelException.class)
        .hasMessage("no embedded model is called embedded:gpt, there is embedded:all-minilm-l6-v2");
  }

  @Test
  void aGitLfsPointerIsToldAsWhatItIs() throws IOException {
    for (String name : List.of("model.safetensors", "tokenizer.json", "config.json")) {
      Files.writeString(
          folder.resolve(name),
          "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 90868376\n");

      assertRefused(
          folder.resolve(name)
              + " is a Git LFS pointer and not the file itself: run git lfs pull in its folder, or"
              + " download it");
    }
  }

  @Test
  void shardsAreReadByTheirIndex() throws IOException {
    // Given
    shard();
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\":"
            + " \"model-00002-of-00002.safetensors\", \"c\":"
            + " \"model-00001-of-00002.safetensors\"}}");

    // When
    assertSame(BaseModels.load(folder.toString()).weights(), encoder());

    // And one is missing
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    assertRefused(
        "millrace.model.base: the file "
            + folder.resolve("model-00002-of-00002.safetensors")
            + " is missing");
  }

  @Test
  void shardsWithoutAnIndexAreRefusedWithWhatIsMissing() throws IOException {
    shard();

    assertRefused(
        "millrace.model.base: "
            + folder
            + " has shards of the weights, but no model.safetensors.index.json that says which:"
            + " download it, too");
  }

  @Test
  void weightsInTheOldFormatAreRefusedWithWhatToDo() throws IOException {
    Files.move(weightsFile, folder.resolve("pytorch_model.bin"));

    assertRefused(
        "millrace.model.base: "
            + folder
            + " has its weights as pytorch_model.bin, only model.safetensors is read: save the"
            + " model with transformers' save_pretrained");
  }

  @Test
  void theConfigSaysLessThanItMayAndThePaddingIsTheBasesOwn() throws IOException {
    // Given what writers of transformers leave out, and tokenizer files besides
    Path file = folder.resolve("config.json");
    String config = Files.readString(file);
    Files.writeString(
        file,
        config
            .replaceAll("\"hidden_act\"\\s*:\\s*\"gelu\",", "")
            .replaceAll("\"pad_token_id\"\\s*:\\s*0", "\"pad_token_id\": 1"));
    Files.writeString(folder.resolve("special_tokens_map.json"), "{}");

    // When
    PretrainedModel model = BaseModels.load(folder.toString());

    // Then
    assertThat(Files.readString(file)).doesNotContain("hidden_act");
    assertThat(Berts.config(model.architecture()).padTokenId()).isEqualTo(1);
    assertThat(Berts.config(model.architecture().with(Pooling.MEAN)).padTokenId()).isEqualTo(1);
    assertThat(new String(model.architecture().configJson(List.of("a", "b")), UTF_8))
        .contains("\"pad_token_id\" : 1");
    assertThat(model.tokenizerFiles()).containsOnlyKeys("special_tokens_map.json");
  }

  /** Its weights in two files instead of one. */
  private void shard() throws IOException {
    Map<String, HostTensor> first = new LinkedHashMap<>();
    Map<String, HostTensor> second = new LinkedHashMap<>();
    encoder().forEach((name, tensor) -> (first.size() < 5 ? first : second).put(name, tensor));
    Files.delete(weightsFile);
    Safetensors.write(folder.resolve("model-00001-of-00002.safetensors"), first, Map.of());
    Safetensors.write(folder.resolve("model-00002-of-00002.safetensors"), second, Map.of());
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> BaseModels.load(folder.toString()))
        .isInstanceOf(BaseModelException.class)
        .hasMessage(message);
  }

  private void write(Map<String, HostTensor> weights) throws IOException {
    Safetensors.write(weightsFile, weights, Map.of("format", "pt"));
  }

  /** In Hugging Face's order, so that the last tensor of the file is known. */
  private static Map<String, HostTensor> encoder() {
    Map<String, HostTensor> all = TinyBert.base(0.1).weights();
    Map<String, HostTensor> ordered = new LinkedHashMap<>();
    BertTensors.encoder(CONFIG).keySet().forEach(name -> ordered.put(name, all.get(name)));
    return ordered;
  }

  private static Map<String, HostTensor> renamed(UnaryOperator<String> rename) {
    Map<String, HostTensor> renamed = new LinkedHashMap<>();
    encoder().forEach((name, tensor) -> renamed.put(rename.apply(name), tensor));
    assertThat(renamed.keySet()).isNotEqualTo(encoder().keySet());
    return renamed;
  }

  private static HostTensor zeros(int... shape) {
    long[] dimensions = Arrays.stream(shape).asLongStream().toArray();
    return new HostTensor(dimensions, new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)]);
  }
}
