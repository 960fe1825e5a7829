package io.millrace.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.millrace.model.ModelSettings;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.storage.DurableFolder;
import io.millrace.testing.TinyBert;
import io.millrace.testing.TinyTokenizer;
import io.millrace.testing.TinyVersion;
import io.millrace.testing.Versions;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import io.millrace.version.ArtifactFile;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactLoaderTest {

  @TempDir Path folder;

  private VersionStore store;
  private ArtifactLoader loader;

  @BeforeEach
  void openStore() throws IOException {
    store = new FolderVersionStore(folder);
    loader =
        new ArtifactLoader(
            store,
            new SmallRyeConfigBuilder()
                .withMapping(ModelSettings.class)
                .withDefaultValues(Map.of("millrace.device", "cpu"))
                .build()
                .getConfigMapping(ModelSettings.class),
            64);
  }

  @Test
  void aLoadedVersionScoresAsTheModelThatWasPublished() throws IOException {
    // Given
    TextInput input = new TextInput("w7 w9 w30", Optional.of("w12 nonsense"));
    float[][] expected;
    ModelVersion version;
    try (TransformerClassifier published = TinyBert.classifier(0, 2);
        TextTokenizer tokenizer = TextTokenizer.fromJson(TinyTokenizer.json(), 16)) {
      version = TinyVersion.publish(store, published, List.of("ham", "spam"));
      expected =
          published.logits(
              TokenMatrix.of(List.of(tokenizer.tokenize(input.text(), input.textPair()))));
    }

    // When
    try (ServingModel loaded = loader.load(version)) {

      // Then
      assertThat(loaded.logits(List.of(input)).join()).isDeepEqualTo(expected);
    }
  }

  @Test
  void anInputThatTheBaseCannotReadIsRefusedWithTheRuleAndNoOther() throws IOException {
    // Given a version of a base with one segment
    ModelVersion version;
    try (TransformerClassifier published =
        TransformerClassifier.fresh(oneSegment(), 2, 42, Device.cpu())) {
      version = TinyVersion.publish(store, published, List.of("ham", "spam"));
    }
    TextInput alone = new TextInput("w7", Optional.empty());
    TextInput pair = new TextInput("w7", Optional.of("w9"));

    try (ServingModel loaded = loader.load(version)) {
      // When
      CompletableFuture<float[][]> refused = loaded.logits(List.of(alone, pair));
      CompletableFuture<float[][]> blank =
          loaded.logits(List.of(new TextInput("w7", Optional.of(" "))));

      // Then
      assertThatThrownBy(refused::join)
          .cause()
          .isInstanceOfSatisfying(
              UnsupportedInputException.class, e -> assertThat(e.index()).isEqualTo(1))
          .hasMessage("the base takes no \"text_pair\": its type_vocab_size is 1");
      assertThat(blank.join()).isDeepEqualTo(loaded.logits(List.of(alone)).join());
    }
  }

  private static PretrainedModel oneSegment() {
    BertConfig two = TinyBert.config(0);
    Map<String, HostTensor> weights = new LinkedHashMap<>(TinyBert.base(0).weights());
    weights.put(
        "bert.embeddings.token_type_embeddings.weight",
        new HostTensor(new long[] {1, two.hiddenSize()}, new float[two.hiddenSize()]));
    BertConfig one =
        new BertConfig(
            two.vocabSize(),
            two.hiddenSize(),
            two.numHiddenLayers(),
            two.numAttentionHeads(),
            two.intermediateSize(),
            two.maxPositionEmbeddings(),
            1,
            two.layerNormEps(),
            two.hiddenDropoutProb(),
            two.attentionProbsDropoutProb(),
            two.classifierPooling());
    return new PretrainedModel("test:one-segment", new Bert(one), weights, TinyTokenizer.json());
  }

  @Test
  void aDamagedFileIsRefusedByName() throws IOException {
    // Given
    ModelVersion version;
    try (TransformerClassifier published = TinyBert.classifier(0, 2)) {
      version = TinyVersion.publish(store, published, List.of("ham", "spam"));
    }
    Path weights = store.folder(1, Versions.TERM).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    // Then
    assertThatThrownBy(() -> loader.load(version))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("model.safetensors is damaged");
  }

  @Test
  void aHeadForOtherLabelsIsRefused() throws IOException {
    // Given
    ModelVersion version;
    try (TransformerClassifier published = TinyBert.classifier(0, 3)) {
      version = TinyVersion.publish(store, published, List.of("ham", "spam"));
    }

    // Then
    assertThatThrownBy(() -> loader.load(version))
        .hasMessage("its classifier has 3 rows for 2 labels (ham, spam)");
  }

  @Test
  void weightsThatAreNotFiniteAreRefusedByTensor() throws IOException {
    // Given
    TinyVersion.publish(store);
    Path weights = store.folder(1, Versions.TERM).resolve("model.safetensors");
    Map<String, HostTensor> tensors = new LinkedHashMap<>(Safetensors.read(weights));
    tensors.get("classifier.bias").data()[1] = Float.NaN;
    Safetensors.write(weights, tensors, Map.of());
    ModelVersion broken =
        Versions.version(
            1,
            List.of(
                new ArtifactFile(
                    "model.safetensors", Files.size(weights), DurableFolder.sha256(weights))));

    // Then
    assertThatThrownBy(() -> loader.load(broken))
        .hasMessage("tensor classifier.bias has the value NaN at 1 of 2, expected finite values");
  }
}
