package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.model.ModelConfigJson;
import io.millrace.testing.Examples;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.TinyBert;
import io.millrace.torch.HostTensor;
import io.millrace.torch.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline on a base of its own; Kafka is replaced by calls. */
class TrainingThreadTest {

  private static final int GOOD = 2;
  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "[UNK]",
                 "vocab": {"[PAD]": 0, "[UNK]": 1, "good": 2, "bad": 3}}}
      """;

  @TempDir private Path folder;

  private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
  private final StatusBoard board = new StatusBoard("test", "tiny", "cpu");
  private final Map<String, HostTensor> base = new HashMap<>(TinyBert.base(0.1).weights());
  private FolderCheckpointStore checkpoints;

  @BeforeEach
  void aBaseAndAStore() throws IOException {
    Files.write(
        folder.resolve("config.json"),
        ModelConfigJson.write(TinyBert.config(0.1), List.of("low", "high")));
    Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
    checkpoints = new FolderCheckpointStore(folder.resolve("checkpoints"), 1);
  }

  @Test
  void brokenWeightsStopTrainingWithAReasonAndNoRecordIsBlamed() throws Exception {
    // Given a weight of the only word in the texts whose square no float holds
    base.get("bert.embeddings.word_embeddings.weight").data()[GOOD * TinyBert.HIDDEN] = 3e38f;
    try (PipelineAssembly assembly = assembly(Map.of())) {
      TrainingThread thread = new TrainingThread(assembly, board);
      thread.start();

      // When
      assembly.intake().receive(records());

      // Then liveness has its reason
      await().atMost(Duration.ofMinutes(1)).until(() -> board.failure().isPresent());
      assertThat(board.failure())
          .hasValue(
              "the model's weights are not finite, their norm is Infinity;"
                  + " a restart goes on from the last checkpoint");
      assertThat(board.status().state()).isEqualTo("failed");

      // And a stop afterwards leaves everything to be read again
      thread.stop(Duration.ofMinutes(1));
      assertThat(deadLetters).isEmpty();
      assertThat(checkpoints.newest()).isEmpty();
    }
  }

  @Test
  void aScheduleThatLacksItsEndFailsTheStart() {
    assertThatThrownBy(() -> assembly(Map.of("training.lr-scheduler-type", "cosine")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("millrace.training.lr-scheduler-type is cosine, which needs")
        .hasMessageContaining("millrace.training.max-steps");
  }

  @Test
  void aCheckpointOfTheOtherPoolingFailsTheStart() throws Exception {
    // Given a checkpoint of each
    FolderCheckpointStore ofCls = checkpoints;
    FolderCheckpointStore ofMean = new FolderCheckpointStore(folder.resolve("mean"), 1);
    String cls = trainedOnce(ofCls, Map.of());
    String mean = trainedOnce(ofMean, Map.of("model.pooling", "mean"));

    // Then its own pooling goes on
    assembly(Map.of("model.pooling", "mean")).close();

    // And the other is refused
    assertThatThrownBy(() -> assembly(Map.of()))
        .isInstanceOf(PipelineException.class)
        .hasMessage(
            "millrace.model.pooling is cls, but checkpoint "
                + mean
                + " was trained with mean; give mean, another millrace.model.name, or another"
                + " millrace.store");
    checkpoints = ofCls;
    assertThatThrownBy(() -> assembly(Map.of("model.pooling", "mean")))
        .isInstanceOf(PipelineException.class)
        .hasMessageStartingWith(
            "millrace.model.pooling is mean, but checkpoint " + cls + " was trained with cls;");
  }

  @Test
  void anUnknownPoolingFailsTheStartWithTheAllowedOnes() {
    assertThatThrownBy(() -> assembly(Map.of("model.pooling", "max")))
        .hasMessageContaining("millrace.model.pooling")
        .hasMessageContaining("max")
        .hasMessageContaining("cls")
        .hasMessageContaining("mean");
  }

  /** Trains on one chunk and stops; the id of the checkpoint. */
  private String trainedOnce(FolderCheckpointStore store, Map<String, String> settings)
      throws Exception {
    checkpoints = store;
    try (PipelineAssembly assembly = assembly(settings)) {
      TrainingThread thread = new TrainingThread(assembly, board);
      thread.start();
      assembly.intake().receive(records());
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> board.failure().isPresent() || board.status().examplesTrained() == 8);
      thread.stop(Duration.ofMinutes(1));
      assertThat(board.failure()).isEmpty();
    }
    return store.newest().orElseThrow().id();
  }

  private PipelineAssembly assembly(Map<String, String> settings) throws IOException {
    Safetensors.write(folder.resolve("model.safetensors"), base, Map.of());
    Map<String, String> values = new HashMap<>(settings);
    values.put("model.base", folder.toString());
    values.put("device", "cpu");
    values.put("labels.names", "low,high");
    values.put("batch.chunk-examples", "8");
    values.put("checkpoint.every", "0s");
    return new PipelineAssembly(
        PipelineConfigs.of(values),
        new PipelineAssembly.Stores(checkpoints, new ListedVersions()),
        new PipelineAssembly.Sinks(
            letter -> {
              deadLetters.add(letter);
              return CompletableFuture.completedFuture(null);
            },
            version -> CompletableFuture.completedFuture(null),
            List.of(),
            new NoLag(),
            version -> {}),
        board);
  }

  private static List<InboundRecord> records() {
    return LongStream.range(0, 8)
        .mapToObj(
            offset ->
                Examples.record("examples", offset, "{\"text\": \"good\", \"label\": \"high\"}"))
        .toList();
  }
}
