package io.millrace.backtest;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import io.millrace.commit.CheckpointParts;
import io.millrace.config.PipelineConfig;
import io.millrace.example.LabelSet;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.learner.StartingModel;
import io.millrace.run.TinyService;
import io.millrace.step.FineTuner;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContinuousRunTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int CHUNK = 8;
  private static final Map<String, String> SETTINGS =
      Map.of("replay.size", "20", "replay.ratio", "0.2", "batch.chunk-examples", "" + CHUNK);

  @TempDir private Path folder;

  @Test
  void fromMemoryAsFromTheTopicsTheWeightsAreTheSame() throws Exception {
    // Given the service behind a chunk of held-out records and five of examples
    TinyService service = new TinyService(folder.resolve("service"));
    PipelineConfig config = service.config(SETTINGS);
    try (TinyService.Instance instance = service.instance(SETTINGS)) {
      instance.trainer.takeOver(1);
      instance.trainer.receive(1, heldOut(0, CHUNK));
      instance.trainer.receive(1, records(0, 5L * CHUNK));
      await().atMost(SOON).until(() -> instance.board.status().examplesTrained() == 5L * CHUNK);
      instance.trainer.stop(SOON);
    }

    // When
    try (MemoryTraining training = new MemoryTraining(config);
        ContinuousRun run =
            training.continuous(
                config, new LabelSet(List.of("low", "high")), folder.resolve("versions"));
        FineTuner expected =
            FineTuner.restore(
                StartingModel.load(config).architecture(),
                CheckpointParts.tunerState(
                    service.checkpoints().newest().orElseThrow().checkpoint()),
                config.training(),
                Device.cpu(),
                Labels.TASK)) {
      run.train(List.of(), heldOutExamples(training.tokenizer(), 0, CHUNK), List.of());
      for (int chunk = 0; chunk < 5; chunk++) {
        run.train(examples(training.tokenizer(), chunk), List.of(), List.of());
      }

      // Then
      TokenMatrix texts =
          TokenMatrix.of(List.of(text(training.tokenizer(), 0), text(training.tokenizer(), 1)));
      assertThat(run.logits(texts)).isDeepEqualTo(expected.logits(texts));
      assertThat(run.examplesTrained()).isEqualTo(5L * CHUNK);
      assertThat(run.examplesReplayed()).isPositive();
      assertThat(run.published()).isPositive().isEqualTo(service.broker().versions().size());
    }
  }

  @Test
  void aVersionThatTurnsOutWorseIsTakenBackAndTrainingGoesOnFromTheOneBefore() throws Exception {
    // Given a version that learned wrong labels, in the place of one that did not
    Map<String, String> settings =
        Map.of(
            "evaluation.every-examples",
            "24",
            "batch.chunk-examples",
            "" + CHUNK,
            "model.pooling", // of a random base the first token alone says too little
            "mean");
    PipelineConfig config = new TinyService(folder.resolve("service")).config(settings);
    try (MemoryTraining training = new MemoryTraining(config);
        ContinuousRun run =
            training.continuous(
                config, new LabelSet(List.of("low", "high")), folder.resolve("run"))) {
      TextTokenizer tokenizer = training.tokenizer();
      TokenMatrix texts = TokenMatrix.of(List.of(text(tokenizer, 0), text(tokenizer, 1)));
      run.train(List.of(), heldOutExamples(tokenizer, 0, CHUNK), List.of());
      List<TokenizedExample> right = new ArrayList<>(); // in one, as each chunk is evaluated
      int chunk = 0;
      while (chunk < 6) {
        right.addAll(examples(tokenizer, chunk++));
      }
      run.train(right, List.of(), List.of());
      assertThat(run.published()).isEqualTo(1);
      float[][] then = run.logits(texts);
      List<TokenizedExample> mislabelled = new ArrayList<>();
      while (chunk < 12) {
        mislabelled.addAll(mislabelled(tokenizer, chunk++));
      }
      Optional<ContinuousRun.Promotion> wrong =
          run.train(mislabelled, List.of(), heldOutExamples(tokenizer, CHUNK, 30 * CHUNK));
      assertThat(wrong.orElseThrow().successor().loss())
          .isGreaterThan(wrong.get().predecessor().orElseThrow().loss());
      assertThat(run.logits(texts)).isNotEqualTo(then);

      // When held-out examples come that show it
      run.train(List.of(), heldOutExamples(tokenizer, CHUNK, 30 * CHUNK), List.of());
      for (int i = 0; run.rolledBack() == 0 && i < 3; i++) {
        run.train(mislabelled(tokenizer, chunk++), List.of(), List.of());
      }

      // Then
      assertThat(run.rolledBack()).isEqualTo(1);
      assertThat(run.logits(texts)).isDeepEqualTo(then);
      assertThat(run.examplesTrained()).isEqualTo((long) chunk * CHUNK);
    }
  }

  private static List<TokenizedExample> mislabelled(TextTokenizer tokenizer, int chunk) {
    return examples(tokenizer, chunk).stream()
        .map(
            one ->
                new TokenizedExample(
                    one.id(),
                    one.text(),
                    new Target.Label(1 - one.target().group()),
                    one.weight(),
                    one.eventTime(),
                    one.position()))
        .toList();
  }

  private static List<TokenizedExample> examples(TextTokenizer tokenizer, int chunk) {
    return LongStream.range((long) chunk * CHUNK, (chunk + 1L) * CHUNK)
        .mapToObj(
            offset ->
                new TokenizedExample(
                    "examples-0@" + offset,
                    text(tokenizer, offset),
                    new Target.Label(offset % 2 == 0 ? 1 : 0),
                    1,
                    Examples.NOON,
                    new RecordPosition("examples", 0, offset)))
        .toList();
  }

  private static List<HeldOutExample> heldOutExamples(TextTokenizer tokenizer, long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(
            offset ->
                new HeldOutExample(
                    "heldout-0@" + offset,
                    text(tokenizer, offset),
                    new Target.Label(offset % 2 == 0 ? 1 : 0),
                    Examples.NOON,
                    new RecordPosition("heldout", 0, offset),
                    Optional.empty()))
        .toList();
  }

  private static TokenizedText text(TextTokenizer tokenizer, long offset) {
    return tokenizer.tokenize(offset % 2 == 0 ? "good" : "bad", Optional.empty());
  }
}
