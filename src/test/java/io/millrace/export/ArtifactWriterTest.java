package io.millrace.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.example.Partition;
import io.millrace.gate.TestResult;
import io.millrace.model.BaseModels;
import io.millrace.model.PretrainedModel;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Architectures;
import io.millrace.model.arch.Pooling;
import io.millrace.score.BootstrapIntervals;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.score.Quality;
import io.millrace.score.SliceScore;
import io.millrace.storage.Json;
import io.millrace.testing.BertTensors;
import io.millrace.testing.Berts;
import io.millrace.testing.Evaluations;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.file.HostTensor;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactWriterTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKENIZER =
      """
      {"version": "1.0",
       "truncation": {"max_length": 128}, "padding": {"strategy": {"Fixed": 128}},
       "normalizer": {"type": "BertNormalizer", "clean_text": true,
                      "handle_chinese_chars": false, "strip_accents": false, "lowercase": false},
       "model": {"type": "WordPiece", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "caf\u00e9": 4}}}
      """;

  @TempDir private Path folder;

  @Test
  void theFolderHasExactlyTheFilesOfAHuggingFaceModelAndItsProvenance() throws IOException {
    ArtifactWriter.write(folder, content("embedded:all-minilm-l6-v2", "published: it is better"));

    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder(
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "README.md",
            "millrace.json");
  }

  @Test
  void itLoadsBackToTheSameLogits() throws IOException {
    // Given
    ArtifactContent content = content("base", "published");
    TokenMatrix tokens = TinyBert.batch(4, 1).tokens();

    // When
    ArtifactWriter.write(folder, content);
    Map<String, HostTensor> weights = Safetensors.read(folder.resolve("model.safetensors"));

    // Then
    assertThat(weights.keySet())
        .containsExactlyElementsOf(
            BertTensors.all(Berts.config(content.architecture()), 2).keySet());
    try (TransformerClassifier written =
            TransformerClassifier.of(content.architecture(), content.weights(), Device.cpu());
        TransformerClassifier loaded =
            TransformerClassifier.of(
                Architectures.read(folder.resolve("config.json")), weights, Device.cpu())) {
      assertThat(loaded.logits(tokens)).isDeepEqualTo(written.logits(tokens));
    }
    JsonNode config = json("config.json");
    assertThat(config.at("/architectures/0").asText()).isEqualTo("BertForSequenceClassification");
    assertThat(config.at("/id2label/1").asText()).isEqualTo("sp|am");
    assertThat(config.at("/label2id/sp|am").asInt()).isEqualTo(1);
  }

  @Test
  void aMeanPooledVersionLoadsBackByItsConfigAndClaimsNoClassThatWouldReadItWrongly()
      throws IOException {
    try (TransformerClassifier model = TinyBert.meanPooled(0)) {
      // When
      ArtifactWriter.write(folder, content(model, "base", "published", 0));

      // Then
      TokenMatrix tokens = TinyBert.batch(4, 1).tokens();
      try (TransformerClassifier loaded = TransformerClassifier.read(folder, Device.cpu())) {
        assertThat(Berts.config(loaded.architecture()).classifierPooling()).isEqualTo(Pooling.MEAN);
        assertThat(loaded.logits(tokens)).isDeepEqualTo(model.logits(tokens));
      }
      assertThat(Safetensors.read(folder.resolve("model.safetensors")))
          .containsKeys("classifier.weight", "classifier.bias")
          .doesNotContainKeys("bert.pooler.dense.weight", "bert.pooler.dense.bias");
      assertThat(json("config.json").path("architectures"))
          .isEqualTo(JSON.readTree("[\"BertModel\"]"));
      assertThat(json("config.json").path("classifier_pooling").asText()).isEqualTo("mean");
      assertThat(Files.readString(folder.resolve("README.md")))
          .startsWith("---\nlibrary_name: millrace\n")
          .contains(
              "**transformers' `AutoModelForSequenceClassification` and `pipeline` do not load"
                  + " this unchanged.**")
          .contains("AutoModel.from_pretrained(folder, add_pooling_layer=False)")
          .contains("truncation=True, max_length=64, return_tensors")
          .doesNotContain("pipeline(\"text-classification\"");
    }
  }

  @Test
  void aMeanPooledVersionIsABaseForEitherPooling() throws IOException {
    // Given
    try (TransformerClassifier model = TinyBert.meanPooled(0)) {
      ArtifactWriter.write(folder, content(model, "base", "published", 0));
    }

    // When
    PretrainedModel base = BaseModels.load(folder.toString());

    // Then
    assertThat(Berts.config(base.architecture()).classifierPooling()).isEqualTo(Pooling.MEAN);
    for (Pooling pooling : Pooling.values()) {
      try (TransformerClassifier fresh =
          TransformerClassifier.fresh(base.with(pooling), 5, 1, Device.cpu())) {
        assertThat(fresh.numLabels()).isEqualTo(5);
        assertThat(fresh.parameters().trainable().containsKey("bert.pooler.dense.weight"))
            .isEqualTo(pooling == Pooling.CLS);
      }
    }
  }

  @Test
  void theTokenizerNeitherCutsNorPadsAndIsOtherwiseUnchanged() throws IOException {
    ArtifactWriter.write(folder, content("base", "published"));

    ObjectNode expected = (ObjectNode) JSON.readTree(TOKENIZER);
    expected.putNull("truncation").putNull("padding");
    assertThat(json("tokenizer.json")).isEqualTo(expected);
  }

  @Test
  void theTokenizersConfigRepeatsEveryOptionOfTheNormalizer() throws IOException {
    ArtifactWriter.write(folder, content("base", "published"));

    assertThat(json("tokenizer_config.json"))
        .isEqualTo(
            JSON.readTree(
                """
                {"tokenizer_class": "BertTokenizer", "do_lower_case": false,
                 "strip_accents": false, "tokenize_chinese_chars": false, "model_max_length": 64,
                 "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]",
                 "cls_token": "[CLS]"}
                """));
  }

  @Test
  void aNormalizerThatIsNotBertsIsLeftToTokenizerJson() throws IOException {
    JsonNode tokenizer = JSON.readTree(TOKENIZER.replace("BertNormalizer", "Lowercase"));

    JsonNode config = TokenizerFiles.config(tokenizer, Map.of(), 64);

    assertThat(config.path("tokenizer_class").asText()).isEqualTo("PreTrainedTokenizerFast");
    assertThat(config.has("do_lower_case")).isFalse();
  }

  @Test
  void aVersionCarriesTheBasesOwnTokenizerFilesWithItsSpecialTokens() throws IOException {
    // Given a base with tokens of its own, cased by its config and not by its tokenizer.json
    Map<String, byte[]> files =
        Map.of(
            "tokenizer_config.json",
            """
            {"tokenizer_class": "BertTokenizer", "do_lower_case": true, "cls_token": "<s>",
             "sep_token": {"content": "</s>", "lstrip": false}, "model_max_length": 512,
             "auto_map": {"AutoTokenizer": "evil--code"}, "name_or_path": "/home/me"}
            """
                .getBytes(StandardCharsets.UTF_8),
            "special_tokens_map.json",
            "{\"cls_token\": \"<x>\", \"pad_token\": \"<pad>\"}".getBytes(StandardCharsets.UTF_8),
            "vocab.txt",
            "[PAD]\n".getBytes(StandardCharsets.UTF_8));

    // When
    try (TransformerClassifier model = TinyBert.classifier(0, 2)) {
      ArtifactWriter.write(folder, content(model, "base", "published", 0, files));
    }

    // Then
    assertThat(json("tokenizer_config.json"))
        .isEqualTo(
            JSON.readTree(
                """
                {"tokenizer_class": "BertTokenizer", "do_lower_case": false,
                 "strip_accents": false, "tokenize_chinese_chars": false, "model_max_length": 64,
                 "cls_token": "<s>", "sep_token": {"content": "</s>", "lstrip": false},
                 "pad_token": "<pad>", "unk_token": "[UNK]"}
                """));
    for (String copied : List.of("special_tokens_map.json", "vocab.txt")) {
      assertThat(folder.resolve(copied)).hasBinaryContent(files.get(copied));
    }
  }

  @Test
  void specialTokensThatNoFileNamesAreThoseThatTheTokenizerUses() throws IOException {
    JsonNode template =
        JSON.readTree(
            """
            {"padding": null, "added_tokens": [{"id": 1, "content": "<pad>"}],
             "post_processor": {"type": "Sequence", "processors": [
               {"type": "TemplateProcessing", "single": [
                 {"SpecialToken": {"id": "<s>", "type_id": 0}},
                 {"Sequence": {"id": "A", "type_id": 0}},
                 {"SpecialToken": {"id": "</s>", "type_id": 0}}]}]},
             "model": {"type": "WordPiece", "unk_token": "<unk>",
                       "vocab": {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 4}}}
            """);
    JsonNode roberta =
        JSON.readTree(
            """
            {"padding": {"pad_token": "<p>"}, "post_processor":
               {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]},
             "model": {"type": "Unigram", "vocab": [["<mask>", 0.0]]}}
            """);

    assertThat(TokenizerFiles.config(template, Map.of(), 64))
        .isEqualTo(
            JSON.readTree(
                """
                {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64,
                 "unk_token": "<unk>", "sep_token": "</s>", "pad_token": "<pad>",
                 "cls_token": "<s>", "mask_token": "<mask>"}
                """));
    assertThat(TokenizerFiles.config(roberta, Map.of(), 64))
        .isEqualTo(
            JSON.readTree(
                """
                {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 64,
                 "sep_token": "</s>", "pad_token": "<p>", "cls_token": "<s>",
                 "mask_token": "<mask>"}
                """));
  }

  @Test
  void theModelCardSaysWhatItWasTrainedOnAndWhatItScored() throws IOException {
    ArtifactWriter.write(folder, content("embedded:all-minilm-l6-v2", "published: it is better"));

    assertThat(Files.readString(folder.resolve("README.md")))
        .startsWith(
            """
            ---
            library_name: transformers
            pipeline_tag: text-classification
            base_model: sentence-transformers/all-MiniLM-L6-v2
            tags:
            - millrace
            - text-classification
            ---

            # mail, version 3

            Fine-tuned by Millrace from `embedded:all-minilm-l6-v2`, after version 2. \
            Written 2026-01-31T09:30:00Z.

            Decision: published: it is better
            """)
        .contains(
            """
            On 40 held-out examples that were never trained on, \
            from 2002-01-01T00:00:00Z to 2002-02-01T00:00:00Z:

            | | this version | 95% interval | constant answer |
            |---|---|---|---|
            | accuracy | 0.9000 | 0.7700 to 0.9600 | 0.6000 |
            | loss (nats) | 0.3000 | 0.2000 to 0.4000 | 0.6730 |
            | Brier score | 0.1500 | 0.1000 to 0.2000 | |
            | macro-F1 | 0.8900 | 0.7600 to 0.9700 | |
            | weighted F1 | 0.8900 | 0.7500 to 0.9800 | |
            | Matthews' correlation | 0.8000 | 0.5800 to 0.9400 | |
            | expected calibration error | 0.0200 | | |
            | ROC-AUC | 0.9500 | 0.8900 to 0.9900 | |
            | PR-AUC | undefined | undefined | |
            """)
        .contains(
            """
            | ham | 24 | 0.9100 | 0.9200 (0.7300 to 0.9900) | 0.9150 |
            | sp\\|am | 16 | undefined | 0.8000 | undefined |
            """)
        .contains(
            "320 examples in 10 steps; by label: ham 200, sp\\|am 120. Besides, past examples were"
                + " trained on again 57 times; 3 of the steps were of nothing else."
                + " Its newest example was sent at 2026-01-31T09:29:58Z.")
        .contains(
            "published by a test (non-inferior) against its parent on 40 of them: difference"
                + " +0.0250, margin 0.0200, 2 better, 1 worse, p 0.0012 against 0.0021 at look 3.")
        .contains("divided by a temperature of 1.2500")
        .contains(
            "| list\\|a | 12 | 2002-01-01T00:00:00Z | 2002-01-31T00:00:00Z | 0.7500 (0.4700 to"
                + " 0.9100) | 0.4000 (0.1000 to 0.7000) |")
        .contains(
            "| golden set: the first held-out examples, or given ones | 40 | 2002-01-01T00:00:00Z"
                + " |")
        .contains("| recent examples, each before it was trained on | 40 | 2002-01-01T00:00:00Z |")
        .contains("| millrace.examples-0 | 7 | 400 |")
        .contains("classify(\"your text\", truncation=True, max_length=64)")
        .contains("Texts were cut at 64 tokens")
        .contains("licence and the limits of the base model apply");
  }

  @Test
  void theModelCardTellsADecayBranchFromTheRunsOwnWeights() throws IOException {
    String ownWeights = ModelCard.render(content("base", "published"));
    String branch = ModelCard.render(content("base", "published", 7));

    assertThat(ownWeights)
        .contains(" Its newest example was sent at 2026-01-31T09:29:58Z.\n\n| partition |")
        .doesNotContain("a copy took");
    assertThat(branch)
        .contains(
            " Its newest example was sent at 2026-01-31T09:29:58Z.\n\n"
                + "Behind them a copy took 7 more steps on the batches trained last, at a rate that"
                + " fell from the last step's towards 0: these are its weights.\n\n| partition |");
  }

  @Test
  void aBaseFromAFolderHasNoNameOnTheHub() throws IOException {
    ArtifactWriter.write(folder, content("/models/bert", "published"));

    assertThat(Files.readString(folder.resolve("README.md")))
        .contains("from `/models/bert`")
        .doesNotContain("base_model");
  }

  @Test
  void provenanceIsReadBack() throws IOException {
    ArtifactContent content = content("base", "published: it is better");

    ArtifactWriter.write(folder, content);

    JsonNode facts = json("millrace.json");
    assertThat(facts.path("version").asLong()).isEqualTo(3);
    assertThat(facts.path("parent").asLong()).isEqualTo(2);
    assertThat(facts.path("createdAt").asText()).isEqualTo("2026-01-31T09:30:00Z");
    assertThat(facts.path("labels")).hasSize(2);
    assertThat(facts.path("decision").asText()).isEqualTo("published: it is better");
    assertThat(facts.path("parentEvaluation").isNull()).isTrue();
    assertThat(Json.MAPPER.treeToValue(facts.path("provenance"), Provenance.class))
        .isEqualTo(content.provenance());
    assertThat(Json.MAPPER.treeToValue(facts.path("evaluation"), Evaluation.class))
        .isEqualTo(content.evaluation());
  }

  private JsonNode json(String name) throws IOException {
    return JSON.readTree(folder.resolve(name).toFile());
  }

  private static ArtifactContent content(String base, String decision) {
    return content(base, decision, 0);
  }

  private static ArtifactContent content(String base, String decision, int decaySteps) {
    try (TransformerClassifier model = TinyBert.classifier(0, 2)) {
      return content(model, base, decision, decaySteps);
    }
  }

  private static ArtifactContent content(
      TransformerClassifier model, String base, String decision, int decaySteps) {
    return content(model, base, decision, decaySteps, Map.of());
  }

  private static ArtifactContent content(
      TransformerClassifier model,
      String base,
      String decision,
      int decaySteps,
      Map<String, byte[]> files) {
    Evaluation evaluation =
        Evaluations.evaluation()
            .examples(40)
            .macroF1(0.89)
            .priorLoss(0.673)
            .label("ham", 24, 0.91, 0.92, 0.915, new Interval(0.73, 0.99))
            .label("sp|am", 16, Double.NaN, 0.8, Double.NaN)
            .confusion(List.of(List.of(22L, 2L), List.of(2L, 14L)))
            .from(
                Instant.parse("2002-01-01T00:00:00Z"),
                Optional.of(Instant.parse("2002-02-01T00:00:00Z")))
            .quality(
                new Quality(
                    new Interval(0.77, 0.96),
                    new Interval(0.2, 0.4),
                    0.9,
                    0.89,
                    0.8,
                    0.15,
                    0.02,
                    0.95,
                    Double.NaN,
                    new Interval(0.1, 0.2),
                    new BootstrapIntervals(
                        new Interval(0.76, 0.97),
                        new Interval(0.75, 0.98),
                        new Interval(0.58, 0.94),
                        new Interval(0.89, 0.99),
                        Interval.UNDEFINED)))
            .slices(
                List.of(
                    new SliceScore(
                        "list|a",
                        12,
                        0.75,
                        new Interval(0.47, 0.91),
                        0.4,
                        new Interval(0.1, 0.7),
                        Optional.of(Instant.parse("2002-01-01T00:00:00Z")),
                        Optional.of(Instant.parse("2002-01-31T00:00:00Z")))))
            .build();
    return new ArtifactContent(
        "mail",
        3,
        4,
        Optional.of(2L),
        Instant.parse("2026-01-31T09:30:00Z"),
        model.architecture(),
        model.snapshot(),
        List.of("ham", "sp|am"),
        List.of(),
        TOKENIZER.getBytes(StandardCharsets.UTF_8),
        files,
        64,
        evaluation,
        Optional.empty(),
        Optional.of(evaluation),
        Optional.empty(),
        Optional.of(0.9),
        Optional.of(evaluation),
        decision,
        Optional.of(
            new TestResult(TestResult.Mode.NON_INFERIOR, 40, 0.025, 0.02, 2, 1, 3, 0.0012, 0.0021)),
        new Provenance(
            base,
            10,
            decaySteps,
            1.25,
            320,
            Optional.of(Instant.parse("2026-01-31T09:29:58.250Z")),
            Optional.of(31L),
            Map.of("sp|am", 120L, "ham", 200L),
            Optional.of(new Provenance.Replayed(57, 3)),
            Map.of(new Partition("millrace.examples", 0), new Provenance.OffsetRange(7, 400)),
            Map.of("millrace.training.seed", "42"),
            Map.of("engine", "PyTorch")));
  }
}
