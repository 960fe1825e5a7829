package io.millrace.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSettings;
import io.millrace.model.TransformerClassifier;
import io.millrace.publication.ArtifactContent;
import io.millrace.publication.ArtifactWriter;
import io.millrace.publication.FolderVersionStore;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.VersionStore;
import io.millrace.testing.TinyBert;
import io.millrace.testing.Versions;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactLoaderTest {

  /** A word for each id of the tiny vocabulary. */
  private static final byte[] TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
       "model": {"type": "WordLevel", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, %s}}}
      """
          .formatted(
              IntStream.range(4, TinyBert.VOCAB)
                  .mapToObj(id -> "\"w" + id + "\": " + id)
                  .collect(Collectors.joining(", ")))
          .getBytes(StandardCharsets.UTF_8);

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
                .getConfigMapping(ModelSettings.class));
  }

  @Test
  void aLoadedVersionScoresAsTheModelThatWasPublished() throws IOException {
    // Given
    TextInput input = new TextInput("w7 w9 w30", Optional.of("w12 nonsense"));
    float[][] expected;
    ModelVersion version;
    try (TransformerClassifier published = TinyBert.classifier(0, 2);
        TextTokenizer tokenizer = TextTokenizer.fromJson(TOKENIZER, 16)) {
      version = publish(published, List.of("ham", "spam"));
      expected =
          published.logits(
              TokenMatrix.of(List.of(tokenizer.tokenize(input.text(), input.textPair()))));
    }

    // When
    try (ServingModel loaded = loader.load(version)) {

      // Then
      assertThat(loaded.logits(List.of(input))).isDeepEqualTo(expected);
    }
  }

  @Test
  void aDamagedFileIsRefusedByName() throws IOException {
    // Given
    ModelVersion version;
    try (TransformerClassifier published = TinyBert.classifier(0, 2)) {
      version = publish(published, List.of("ham", "spam"));
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
      version = publish(published, List.of("ham", "spam"));
    }

    // Then
    assertThatThrownBy(() -> loader.load(version))
        .hasMessage("its classifier has 3 rows for the labels [ham, spam]");
  }

  private ModelVersion publish(TransformerClassifier model, List<String> labels)
      throws IOException {
    ModelVersion like = Versions.version(1);
    ArtifactContent content =
        new ArtifactContent(
            like.model(),
            like.version(),
            like.term(),
            like.parent(),
            like.createdAt(),
            model.config(),
            model.snapshot(),
            labels,
            TOKENIZER,
            like.maxLength(),
            like.evaluation(),
            like.parentEvaluation(),
            like.decision(),
            like.provenance());
    return store.add(
        1,
        Versions.TERM,
        aside -> ArtifactWriter.write(aside, content),
        files -> content.described(like.artifact(), files));
  }
}
