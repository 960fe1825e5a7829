package io.millrace.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.DurableFolder;
import io.millrace.testing.CapturedLog;
import io.millrace.testing.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to the newest checkpoint's files, the one before is found and the log says why.
 */
class DamagedCheckpointTest {

  @TempDir Path root;
  private Path newest;
  private CapturedLog log;

  @BeforeEach
  void saveTwo() throws IOException {
    FolderCheckpointStore store = new FolderCheckpointStore(root, 3);
    Units.save(store, Units.at(1));
    newest = root.resolve(Units.save(store, Units.at(2)));
    log = CapturedLog.of(FolderCheckpointStore.class);
  }

  @AfterEach
  void release() {
    log.close();
  }

  @Test
  void withoutItsManifest() throws IOException {
    Files.delete(newest.resolve("manifest.json"));
    assertSkipped("manifest.json is missing");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void withAnyManifest() throws IOException {
    // Given units of one small part, which are read fast
    Path small = root.resolve("small");
    FolderCheckpointStore store = new FolderCheckpointStore(small, 3);
    Units.save(store, progress(1));
    Path manifest = small.resolve(Units.save(store, progress(2))).resolve("manifest.json");

    Fuzz.each(
        Files.readAllBytes(manifest),
        1_000,
        input -> {
          // When
          int logged = log.lines().size();
          Files.write(manifest, input);
          CheckpointStore.Saved found;
          try {
            found = new FolderCheckpointStore(small, 3).newest().orElseThrow();
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("start a newer release");
            return;
          }

          // Then
          long step = found.id().step();
          Units.assertSame(found.checkpoint(), progress(step));
          assertThat(log.lines()).hasSize(step == 2 ? logged : logged + 1);
        });
    assertThat(log.lines().size()).as("neither all nor none").isBetween(100, 990);
  }

  @Test
  void withoutAPart() throws IOException {
    Files.delete(newest.resolve("first-moments.safetensors"));
    assertSkipped("first-moments.safetensors is missing");
  }

  @Test
  void withATruncatedPart() throws IOException {
    Path part = newest.resolve("weights.safetensors");
    byte[] bytes = Files.readAllBytes(part);
    Files.write(part, Arrays.copyOf(bytes, bytes.length - 1));
    assertSkipped(
        "weights.safetensors is damaged: expected %d bytes, found %d"
            .formatted(bytes.length, bytes.length - 1));
  }

  @Test
  void withAFlippedBit() throws IOException {
    Path part = newest.resolve("second-moments.safetensors");
    String before = DurableFolder.sha256(part);
    flip(part, Files.readAllBytes(part), Files.size(part) - 1, 1);
    assertSkipped(
        "second-moments.safetensors is damaged: expected sha256 %s, found %s"
            .formatted(before, DurableFolder.sha256(part)));
  }

  @Test
  void withATruncatedManifest() throws IOException {
    Path manifest = newest.resolve("manifest.json");
    byte[] whole = Files.readAllBytes(manifest);
    for (int length = 0; length < whole.length; length += 5) {
      Files.write(manifest, Arrays.copyOf(whole, length));
      assertThat(found()).as("%d bytes", length).isEqualTo(1);
    }
  }

  @Test
  void withOneOfManyBytesOfAnyPartFlippedItIsSkipped() throws IOException {
    List<Path> parts;
    try (Stream<Path> files = Files.list(newest)) {
      parts = files.filter(file -> !file.endsWith("manifest.json")).toList();
    }
    assertThat(parts).hasSize(4);
    for (Path part : parts) {
      byte[] whole = Files.readAllBytes(part);
      for (int at = 0; at < whole.length; at += 5) {
        flip(part, whole, at, 1);
        assertThat(found()).as("%s, byte %d", part.getFileName(), at).isEqualTo(1);
      }
      Files.write(part, whole);
    }
    assertThat(found()).isEqualTo(2);
  }

  @Test
  void withAManifestThatListsAFileElsewhere() throws IOException {
    Path manifest = newest.resolve("manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest).replace("weights.safetensors", "../weights.safetensors"));
    assertSkipped("manifest.json lists \"../weights.safetensors\", which is no part");
  }

  private static Checkpoint progress(long step) {
    return new Checkpoint(step, Map.of(), Units.at(step).documents());
  }

  private static void flip(Path file, byte[] whole, long at, int bits) throws IOException {
    byte[] flipped = whole.clone();
    flipped[(int) at] ^= (byte) bits;
    Files.write(file, flipped);
  }

  private long found() throws IOException {
    return new FolderCheckpointStore(root, 3).newest().orElseThrow().checkpoint().step();
  }

  private void assertSkipped(String reason) throws IOException {
    Optional<CheckpointStore.Saved> found = new FolderCheckpointStore(root, 3).newest();
    Units.assertSame(found.orElseThrow().checkpoint(), Units.at(1));
    assertThat(log.lines())
        .containsExactly(
            "ERROR checkpoint %s is damaged and skipped for the one before: %s"
                .formatted(newest, reason));
  }
}
