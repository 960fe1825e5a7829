package io.millrace.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSettings;
import io.millrace.model.TransformerClassifier;
import io.millrace.publication.ArtifactFile;
import io.millrace.publication.DurableFolder;
import io.millrace.publication.FolderVersionStore;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionStore;
import io.millrace.testing.TinyBert;
import io.millrace.testing.TinyTokenizer;
import io.millrace.testing.TinyVersion;
import io.millrace.testing.Versions;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.HostTensor;
import io.millrace.torch.Safetensors;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
