package io.millrace.run;

import static io.millrace.run.TinyService.labelled;
import static io.millrace.testing.HostTensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.backtest.ContinuousRun;
import io.millrace.backtest.MemoryTraining;
import io.millrace.commit.CheckpointParts;
import io.millrace.config.PipelineConfig;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.learner.Snapshot;
import io.millrace.testing.Examples;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Service and backtest take their steps through one class: equal records lead to equal weights, bit
 * for bit, over evaluations, versions and a roll-back.
 */
class ServiceAndBacktestTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int CHUNK = 48;

  /** Chunks of held-out examples within which wrong labels must have shown. */
  private static final int MOST_HELD_OUT = 40;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "batch.chunk-examples",
          "" + CHUNK,
          "evaluation.every-examples",
          "24",
          "replay.size",
          "20",
          "replay.ratio",
          "0.2",
          "model.pooling", // of a random base the first token alone says too little
          "mean");

  @TempDir private Path folder;

  private final List<Part> sent = new ArrayList<>();

  @Test
  void equalRecordsLeadToEqualWeightsBitForBitOverVersionsAndARollBack() throws Exception {
    // Given the service: it publishes, learns wrong labels, publishes, and takes that back
    TinyService service = new TinyService(folder.resolve("service"));
    PipelineConfig config = service.config(SETTINGS);
    Snapshot served;
    try (TinyService.Instance instance = service.instance(SETTINGS)) {
      instance.trainer.takeOver(1);
      send(service, instance, new Part(0, 8, 0, 40, false));
      send(service, instance, new Part(8, 8, 40, 88, false));
      send(service, instance, new Part(8, 8, 88, 136, true));
      send(service, instance, new Part(8, 8, 136, 184, true));
      send(service, instance, new Part(8, 8, 184, 232, true));
      long heldOut = 8;
      for (int i = 0; service.rejoins().get() == 0 && i < MOST_HELD_OUT; i++) {
        send(service, instance, new Part(heldOut, heldOut + CHUNK, 232, 232, false));
        heldOut += CHUNK;
      }
      assertThat(service.rejoins().get()).isEqualTo(1);
      instance.trainer.takeOver(2);
      send(service, instance, new Part(heldOut, heldOut, 232, 280, false));
      send(service, instance, new Part(heldOut, heldOut, 280, 328, false));
      instance.trainer.stop(SOON);
      served = CheckpointParts.snapshot(service.checkpoints().newest().orElseThrow().checkpoint());
    }
    assertThat(service.broker().versions()).hasSizeGreaterThan(3);

    // When the backtest gets the same
    try (MemoryTraining training = new MemoryTraining(config);
        ContinuousRun run =
            training.continuous(
                config, new LabelSet(List.of("low", "high")), folder.resolve("backtest"))) {
      for (Part part : sent) {
        run.train(
            part.examples(training.tokenizer()), part.heldOut(training.tokenizer()), List.of());
      }

      // Then
      Snapshot tested = run.snapshot();
      assertThat(run.rolledBack()).isEqualTo(1);
      assertThat(run.published()).isEqualTo(service.broker().versions().size());
      assertThat(tested.step()).isEqualTo(served.step());
      assertSame(tested.tuner().weights(), served.tuner().weights());
      assertSame(tested.tuner().firstMoments(), served.tuner().firstMoments());
      assertSame(tested.tuner().secondMoments(), served.tuner().secondMoments());
      assertThat(tested.progress().examplesTrained())
          .isEqualTo(served.progress().examplesTrained());
      assertThat(positions(tested)).isEqualTo(positions(served));
    }
  }

  private static List<RecordPosition> positions(Snapshot snapshot) {
    return snapshot.stream().replay().kept().stream()
        .map(kept -> kept.example().position())
        .toList();
  }

  /** Until its chunk is trained on and evaluated, or rolled back. */
  private void send(TinyService service, TinyService.Instance instance, Part part)
      throws InterruptedException {
    int rejoins = service.rejoins().get();
    sent.add(part);
    instance.receive(part.records());
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () ->
                service.rejoins().get() > rejoins
                    || part.isDone(instance.board.status().positions()));
  }

  /**
   * The records of a chunk: held-out ones, then examples.
   *
   * @param wrong whether the examples' labels are the wrong ones
   */
  private record Part(long heldOutFrom, long heldOutTo, long from, long to, boolean wrong) {

    List<InboundRecord> records() {
      List<InboundRecord> all = new ArrayList<>(TinyService.heldOut(heldOutFrom, heldOutTo));
      all.addAll(
          wrong
              ? LongStream.range(from, to)
                  .mapToObj(at -> labelled("examples", at, text(at), at % 2 == 0 ? "low" : "high"))
                  .toList()
              : TinyService.records(from, to));
      assertThat(all).hasSize(CHUNK);
      return all;
    }

    boolean isDone(Map<Partition, Long> positions) {
      return positions.getOrDefault(new Partition("examples", 0), 0L) >= to
          && positions.getOrDefault(new Partition("heldout", 0), 0L) >= heldOutTo;
    }

    List<TokenizedExample> examples(TextTokenizer tokenizer) {
      return LongStream.range(from, to)
          .mapToObj(
              at ->
                  new TokenizedExample(
                      "examples-0@" + at,
                      tokens(tokenizer, at),
                      new Target.Label((at % 2 == 0) == wrong ? 0 : 1),
                      1,
                      sentAt(at),
                      new RecordPosition("examples", 0, at)))
          .toList();
    }

    List<HeldOutExample> heldOut(TextTokenizer tokenizer) {
      return LongStream.range(heldOutFrom, heldOutTo)
          .mapToObj(
              at ->
                  new HeldOutExample(
                      "heldout-0@" + at,
                      tokens(tokenizer, at),
                      new Target.Label(at % 2 == 0 ? 1 : 0),
                      sentAt(at),
                      new RecordPosition("heldout", 0, at),
                      Optional.empty()))
          .toList();
    }

    private static TokenizedText tokens(TextTokenizer tokenizer, long at) {
      return tokenizer.tokenize(text(at), Optional.empty());
    }

    private static Instant sentAt(long at) {
      return Examples.NOON.plusMillis(at);
    }

    private static String text(long at) {
      return at % 2 == 0 ? "good" : "bad";
    }
  }
}
