package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.checkpoint.UnitId;
import io.millrace.testing.TinyBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores as each release wrote them are gone on from, and keep a way back. */
class KeptStoreTest {

  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Path STORES = Path.of("src/test/resources/stores");
  private static final UnitId LAST =
      UnitId.parse("000000000001-000000000004-00000002").orElseThrow();

  @TempDir private Path folder;

  @Test
  void aStoreOfFormat1IsGoneOnFromOnceAndKeepsAWayBack() throws Exception {
    // Given
    copy(STORES.resolve("format-1"), folder);
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
    Standing standing =
        CommitParts.standing(stores.checkpoints().newest().orElseThrow().checkpoint());
    assertThat(standing.identity().cluster()).contains(ListedSource.CLUSTER);
    Path kept = folder.resolve("store/kept/checkpoints/format-1").resolve(LAST.toString());
    assertThat(kept.resolve("manifest.json")).content().contains("\"format\":1");
    assertThat(kept.resolve("weights.safetensors"))
        .hasSameBinaryContentAs(
            STORES.resolve("format-1/store/kept/checkpoints/" + LAST + "/weights.safetensors"));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }
}
