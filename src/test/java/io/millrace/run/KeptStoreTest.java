package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.report.StatusBoard;
import io.millrace.storage.Json;
import io.millrace.testing.TinyBase;
import io.millrace.torch.TorchRuntime;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores as each release wrote them are gone on from, and keep a way back. */
class KeptStoreTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Path STORES = Path.of("src/test/resources/stores");
  private static final CheckpointId LAST =
      CheckpointId.parse("000000000001-000000000004-00000002").orElseThrow();

  @TempDir private Path folder;

  @Test
  void aStoreOfFormat1IsGoneOnFromOnceAndKeepsAWayBack() throws Exception {
    // Given
    StoreOfFormat2.copy(STORES.resolve("format-1"), folder);
    TinyBase.write(folder.resolve("base")); // format 1 took a base without a post-processor
    PipelineConfig config = PipelineConfigs.of(StoreOfARelease.settings(folder));
    MemoryBroker broker = new MemoryBroker();
    broker.source(ListedSource.first());

    // When
    StatusBoard board = new StatusBoard("kept", "tiny", "cpu");
    try (Trainer trainer = StoreOfARelease.trainer(config, broker, board)) {
      assertThat(trainer.takeOver(1).of("examples", 0)).hasValue(StoreOfARelease.RECORDS);
      trainer.receive(1, TinyService.records(StoreOfARelease.RECORDS, StoreOfARelease.RECORDS + 8));
      await()
          .atMost(SOON)
          .until(() -> board.status().examplesTrained() == StoreOfARelease.RECORDS + 8);
      trainer.stop(SOON);
    }

    // Then the next unit says what it belongs to, and the last of the old format is still there
    Stores stores = Stores.of(config);
    OwnerState standing =
        CommitParts.standing(stores.checkpoints().newest().orElseThrow().checkpoint());
    assertThat(standing.identity().cluster()).contains(ListedSource.CLUSTER);
    Path kept = folder.resolve("store/kept/checkpoints/format-1").resolve(LAST.toString());
    assertThat(kept.resolve("manifest.json")).content().contains("\"format\":1");
    assertThat(kept.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(
            STORES.resolve("format-1/store/kept/checkpoints/" + LAST + "/weights.safetensors"));
  }

  @Test
  void aStoreOfFormat2IsGoneOnFromAsItsOwnReleaseDid() throws Exception {
    // Given a store with a roll-back's checkpoint, and a journal that goes on after it
    StoreOfFormat2.copy(STORES.resolve("format-2"), folder);
    Stores stores = Stores.of(PipelineConfigs.of(StoreOfFormat2.settings(folder)));
    OwnerState before =
        CommitParts.standing(stores.checkpoints().newest().orElseThrow().checkpoint());
    assertThat(before.endsTerm()).isTrue();
    assertThat(before.letGo()).containsExactly(new RecordPosition("examples", 0, 0));
    assertThat(before.letters().orElseThrow().runs()).containsKey(new Partition("examples", 0));

    // When
    Checkpoint end = StoreOfFormat2.goOn(folder);

    // Then what it has learned is what the release that wrote it came to
    Path expected = STORES.resolve("format-2/end");
    double tolerance = isOfThisMachine(expected) ? 0 : 1e-3;
    assertThat(end.tensors().keySet()).containsAll(List.of("weights", "averaged-weights"));
    for (Map.Entry<String, Map<String, HostTensor>> group : end.tensors().entrySet()) {
      assertClose(
          group.getKey(),
          group.getValue(),
          Safetensors.read(expected.resolve(group.getKey() + ".safetensors")),
          tolerance);
    }

    // And so is everything that it counted, keeps and owes
    for (String part : StoreOfFormat2.COMPARED) {
      assertClose(
          part,
          Json.MAPPER.readTree(end.documents().get(part)),
          Json.MAPPER.readTree(expected.resolve(part + ".json").toFile()),
          tolerance);
    }

    // And nothing of before is lost
    assertThat(stores.versions().list())
        .extracting(ModelVersion::version)
        .containsExactly(1L, 2L, 3L);
    assertThat(stores.versions().current().orElseThrow().version()).isEqualTo(2);
    assertThat(stores.restorePoints().versions()).containsExactly(2L, 3L);
    assertThat(stores.terms().of(3).orElseThrow().unit())
        .contains("000000000002-000000000002-00000002");
    assertThat(stores.terms().of(4).orElseThrow().settings())
        .isEqualTo(stores.terms().of(3).orElseThrow().settings());
    assertThat(stores.identity().read().orElseThrow().cluster()).contains(ListedSource.CLUSTER);
  }

  /** Equal results need equal instructions and an equal libtorch. */
  private static boolean isOfThisMachine(Path end) throws IOException {
    JsonNode then = Json.MAPPER.readTree(end.resolve("environment.json").toFile());
    Map<String, String> now = TorchRuntime.environment(Device.cpu());
    return Stream.of("arch", "engine", "instruction-set", "threads")
        .allMatch(name -> then.get(name).asText().equals(now.get(name)));
  }

  private static void assertClose(
      String group,
      Map<String, HostTensor> actual,
      Map<String, HostTensor> expected,
      double tolerance) {
    assertThat(actual.keySet()).as(group).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(actual.get(name).shape()).as(name).isEqualTo(tensor.shape());
          assertThat(actual.get(name).data())
              .as("%s %s", group, name)
              .containsExactly(tensor.data(), within((float) tolerance));
        });
  }

  private static void assertClose(
      String part, JsonNode actual, JsonNode expected, double tolerance) {
    if (part.equals("standing")) { // when the gate last looked is a time
      List.of(actual, expected).forEach(one -> ((ObjectNode) one.get("looks")).remove("lenientAt"));
    }
    if (!actual.equals(closely(tolerance), expected)) {
      assertThat(actual.toPrettyString()).as(part).isEqualTo(expected.toPrettyString());
    }
  }

  private static Comparator<JsonNode> closely(double tolerance) {
    return (a, b) ->
        a.equals(b)
                || a.isFloatingPointNumber()
                    && b.isFloatingPointNumber()
                    && Math.abs(a.asDouble() - b.asDouble()) <= tolerance
            ? 0
            : 1;
  }
}
