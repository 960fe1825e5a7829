package io.millrace.owner;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.CheckpointParts;
import io.millrace.config.PipelineException;
import io.millrace.example.Partition;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.report.TrainerState;
import io.millrace.run.TinyService;
import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was trained behind the last unit is trained again as it was, whoever goes on from it. */
class RecoveryTest {

  private static final Duration SOON = Duration.ofMinutes(1);

  /** No unit before the end, so no version that asks for one, and chunks that time closes. */
  private static final Map<String, String> RARE_UNITS =
      Map.of(
          "checkpoint.every", "1h",
          "publication.min-examples", "1000",
          "batch.chunk-max-wait", "0.6s",
          "evaluation.every", "1h",
          "evaluation.every-examples", "1000000",
          "replay.size", "20",
          "replay.ratio", "0.2",
          "replay.passes", "2");

  @TempDir private Path folder;

  @Test
  void afterACrashTheWeightsAreThoseOfARunThatNeverStopped() throws Exception {
    // Given a run in chunks as time closed them, with replay in idle time, that never stops
    Checkpoint expected = uninterrupted(service("uninterrupted"));

    // When another is lost twice with no unit, and its successors get everything at once, the
    // partitions in another order
    TinyService crashed = service("crashed");
    try (TinyService.Instance first = crashed.instance(RARE_UNITS)) {
      first.trainer.takeOver(1);
      firstHalf(first);
      first.trainer.giveUp("a crash");
    }
    assertThat(crashed.checkpoints().newest()).isEmpty();
    try (TinyService.Instance second = crashed.instance(RARE_UNITS)) {
      assertThat(second.trainer.takeOver(1).next()).isEmpty();
      second.receive(records(0, 5)); // not even the whole of what is to be repeated
      trained(second, 5);
    }
    Checkpoint recovered;
    try (TinyService.Instance third = crashed.instance(RARE_UNITS)) {
      third.trainer.takeOver(2);
      third.receive(heldOut(0, 3));
      third.receive(records(0, 11));
      trained(third, 11);
      secondHalf(third);
      recovered = stop(crashed, third);
    }

    // Then
    assertThat(journaled(crashed)).isEqualTo(journaled(service("uninterrupted")));
    assertSame(recovered, expected);

    // And chunks formed anew would have led elsewhere, or this proved nothing
    TinyService other = service("other");
    try (TinyService.Instance atOnce = other.instance(RARE_UNITS)) {
      atOnce.trainer.takeOver(1);
      atOnce.receive(heldOut(0, 3));
      atOnce.receive(records(0, 11));
      trained(atOnce, 11);
      secondHalf(atOnce);
      assertThat(weights(stop(other, atOnce)).get("classifier.weight").data())
          .isNotEqualTo(weights(expected).get("classifier.weight").data());
    }
  }

  @Test
  void withTheLastUnitDamagedTheOneBeforeLeadsToTheSameWeights() throws Exception {
    // Given
    Checkpoint expected = uninterrupted(service("uninterrupted"));
    TinyService service = service("damaged");
    try (TinyService.Instance first = service.instance(RARE_UNITS)) {
      first.trainer.takeOver(1);
      firstHalf(first);
      first.trainer.stop(SOON);
    }
    CheckpointId whole = service.checkpoints().newest().orElseThrow().id();
    try (TinyService.Instance second = service.instance(RARE_UNITS)) {
      second.trainer.takeOver(2);
      secondHalf(second);
      second.trainer.stop(SOON);
    }

    // When
    CheckpointId damaged = service.checkpoints().newest().orElseThrow().id();
    Files.delete(folder.resolve("damaged/checkpoints/" + damaged + "/weights.safetensors"));
    try (TinyService.Instance third = service.instance(RARE_UNITS)) {
      assertThat(third.trainer.takeOver(2).of("examples", 0)).hasValue(11);
      third.receive(records(11, 24));
      trained(third, 24);

      // Then
      assertSame(stop(service, third), expected);
    }
    assertThat(whole).isLessThan(damaged);
  }

  @Test
  void labelsLearnedFromTheStreamSurviveACrashBeforeTheFirstUnit() throws Exception {
    // Given labels learned from the first four examples
    Map<String, String> learning = new HashMap<>(RARE_UNITS);
    learning.put("labels.names", "");
    learning.put("labels.learn-from", "4");
    TinyService service = service("learning");
    try (TinyService.Instance first = service.instance(learning)) {
      first.trainer.takeOver(1);
      first.receive(records(0, 4));
      trained(first, 4);
      first.trainer.giveUp("a crash");
    }

    // When its successor would learn from six, two of them of another label
    learning.put("labels.learn-from", "6");
    try (TinyService.Instance second = service.instance(learning)) {
      second.trainer.takeOver(1);
      second.receive(records(0, 4));
      second.receive(refused(4, 6));
      trained(second, 4);
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 6);
      Checkpoint unit = stop(service, second);

      // Then
      assertThat(CheckpointParts.progress(unit).labels()).containsExactly("high", "low");
      assertThat(CheckpointParts.progress(unit).positions().of("examples", 0)).hasValue(6);
      assertThat(CheckpointParts.progress(unit).deadLetters()).containsEntry("UNKNOWN_LABEL", 2L);
    }

    // And other labels in the settings are refused before there is a unit, too
    TinyService another = service("another");
    try (TinyService.Instance first = another.instance(RARE_UNITS)) {
      first.trainer.takeOver(1);
      first.receive(records(0, 4));
      trained(first, 4);
    }
    try (TinyService.Instance second = another.instance(Map.of("labels.names", "a,b"))) {
      assertThatThrownBy(() -> second.trainer.takeOver(1))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining(
              "2 labels (a, b), but what the journal holds was trained on 2 labels (low, high)");
    }
  }

  private static Checkpoint uninterrupted(TinyService service) throws Exception {
    try (TinyService.Instance instance = service.instance(RARE_UNITS)) {
      instance.trainer.takeOver(1);
      firstHalf(instance);
      secondHalf(instance);
      return stop(service, instance);
    }
  }

  /** Chunks of 5, then of 6 with 3 held-out ones, idle steps behind both. */
  private static void firstHalf(TinyService.Instance instance) throws InterruptedException {
    instance.receive(records(0, 5));
    trained(instance, 5);
    instance.receive(records(5, 6));
    instance.receive(heldOut(0, 3));
    instance.receive(records(6, 11));
    trained(instance, 11);
  }

  private static void secondHalf(TinyService.Instance instance) throws InterruptedException {
    instance.receive(records(11, 24));
    trained(instance, 24);
  }

  /** Waits until so many new examples were trained on, and idle time has done what it can. */
  private static void trained(TinyService.Instance instance, long examples) {
    await()
        .atMost(SOON)
        .until(
            () ->
                instance.board.status().examplesTrained() == examples
                    && instance.board.status().state().equals(TrainerState.IDLE));
  }

  private static Checkpoint stop(TinyService service, TinyService.Instance instance)
      throws InterruptedException, IOException {
    instance.trainer.stop(SOON);
    return service.checkpoints().newest().orElseThrow().checkpoint();
  }

  private static List<JournalEntry> journaled(TinyService service) throws IOException {
    return service.journal().behind(Optional.empty(), JournalPosition.START).stream().toList();
  }

  private static void assertSame(Checkpoint actual, Checkpoint expected) {
    assertThat(actual.step()).isEqualTo(expected.step());
    for (String part : expected.tensors().keySet()) {
      expected
          .tensors()
          .get(part)
          .forEach(
              (name, tensor) ->
                  assertThat(actual.tensors().get(part).get(name).data())
                      .as("%s %s", part, name)
                      .containsExactly(tensor.data()));
    }
    for (String part : List.of("progress", "held-out", "prequential", "replay", "lazy-rows")) {
      assertThat(new String(actual.documents().get(part), UTF_8))
          .as(part)
          .isEqualTo(new String(expected.documents().get(part), UTF_8));
    }
  }

  private static Map<String, HostTensor> weights(Checkpoint unit) {
    return unit.tensors().get("weights");
  }

  private TinyService service(String name) throws IOException {
    return new TinyService(Files.createDirectories(folder.resolve(name)));
  }
}
