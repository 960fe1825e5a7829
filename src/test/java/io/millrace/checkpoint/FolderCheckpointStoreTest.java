package io.millrace.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.torch.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCheckpointStoreTest {

  @TempDir Path root;

  @Test
  void whatWasSavedIsThereAfterARestart() throws IOException {
    // When
    String id = store(3).save(Units.at(120));

    // Then
    assertThat(id).startsWith("000000000120-");
    CheckpointStore.Saved saved = store(3).newest().orElseThrow();
    assertThat(saved.id()).isEqualTo(id);
    Units.assertSame(saved.checkpoint(), Units.at(120));
  }

  @Test
  void everyBitOfATensorAndEveryByteOfADocumentIsKept() throws IOException {
    // Given
    float[] odd = {
      Float.NaN, -0.0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0x7fc00001)
    };
    byte[] bytes = {0, -1, 10, 13, 34};
    Checkpoint checkpoint =
        new Checkpoint(
            0,
            Map.of("weights", Map.of("x", new HostTensor(new long[] {5}, odd))),
            Map.of("opaque", bytes, "empty", new byte[0]));

    // When
    store(3).save(checkpoint);

    // Then
    Checkpoint found = store(3).newest().orElseThrow().checkpoint();
    float[] read = found.tensors().get("weights").get("x").data();
    for (int i = 0; i < odd.length; i++) {
      assertThat(Float.floatToRawIntBits(read[i])).isEqualTo(Float.floatToRawIntBits(odd[i]));
    }
    assertThat(found.documents().get("opaque")).isEqualTo(bytes);
    assertThat(found.documents().get("empty")).isEmpty();
  }

  @Test
  void aNewStoreHasNone() throws IOException {
    assertThat(store(3).newest()).isEmpty();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void olderOnesAreRemovedBeyondTheNumberKept() throws IOException {
    // Given
    FolderCheckpointStore store = store(3);
    List<String> ids = new ArrayList<>();

    // When
    for (int step = 1; step <= 5; step++) {
      ids.add(store.save(Units.at(step)));
    }

    // Then
    assertThat(names()).isEqualTo(ids.subList(2, 5));
  }

  @Test
  void aFailedSaveLeavesThoseBeforeItAndNothingElse() throws IOException {
    // Given
    String good = store(1).save(Units.at(1));
    AtomicInteger asked = new AtomicInteger();
    FolderCheckpointStore full =
        new FolderCheckpointStore(
            root,
            1,
            () -> {
              if (asked.incrementAndGet() == 2) { // for the manifest, when all parts are written
                throw new UncheckedIOException(new IOException("No space left on device"));
              }
              return Instant.now();
            });

    // When
    assertThatThrownBy(() -> full.save(Units.at(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root + "/000000000002-")
        .hasMessageContaining(" MB free): No space left on device");

    // Then
    assertThat(names()).containsExactly(good);
    Units.assertSame(store(1).newest().orElseThrow().checkpoint(), Units.at(1));
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedWithTheSpaceLeft() throws IOException {
    // Given: a file is where the store's folder was
    FolderCheckpointStore store = new FolderCheckpointStore(root.resolve("store"), 3);
    Files.delete(root.resolve("store"));
    Files.writeString(root.resolve("store"), "");

    // Then
    assertThatThrownBy(() -> store.save(Units.at(7)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root.resolve("store").toString());
  }

  @Test
  void whatACrashLeftHalfWrittenIsNeitherReadNorKept() throws IOException {
    // Given
    String good = store(3).save(Units.at(1));
    Path half = Files.createDirectories(root.resolve(".writing-000000000002-1"));
    Files.write(half.resolve("weights.safetensors"), new byte[1000]);

    // When
    FolderCheckpointStore restarted = store(3);

    // Then
    assertThat(restarted.newest().orElseThrow().id()).isEqualTo(good);
    assertThat(half).as("a reader leaves it: its writer may be alive").exists();
    String next = restarted.save(Units.at(2));
    assertThat(names()).containsExactly(good, next);
  }

  @Test
  void theNewestIsTheOneWrittenLastEvenWithFewerSteps() throws IOException {
    // Given: training went on from step 100 because 160 was damaged
    store(3).save(Units.at(100));
    String damaged = store(3).save(Units.at(160));
    Files.delete(root.resolve(damaged).resolve("weights.safetensors"));
    FolderCheckpointStore restarted = store(3);
    assertThat(restarted.newest().orElseThrow().checkpoint().step()).isEqualTo(100);

    // When
    String next = restarted.save(Units.at(110));

    // Then
    assertThat(restarted.newest().orElseThrow().id()).isEqualTo(next);
    assertThat(store(3).newest().orElseThrow().id()).isEqualTo(next);
  }

  @Test
  void aDamagedOneNeverCostsAGoodOneItsPlace() throws IOException {
    // Given
    String good = store(2).save(Units.at(100));
    String damaged = store(2).save(Units.at(160));
    Files.delete(root.resolve(damaged).resolve("manifest.json"));
    FolderCheckpointStore restarted = store(2);
    restarted.newest();

    // When
    String next = restarted.save(Units.at(110));

    // Then
    assertThat(names()).containsExactly(good, next);
  }

  @Test
  void theOneJustSavedIsKeptEvenWhenTheClockWasSetBack() throws IOException {
    // Given
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    new FolderCheckpointStore(root, 1, () -> noon).save(Units.at(160));
    FolderCheckpointStore earlier = new FolderCheckpointStore(root, 1, () -> noon.minusSeconds(60));

    // When
    String first = earlier.save(Units.at(110));
    String second = earlier.save(Units.at(110));

    // Then
    assertThat(second).isNotEqualTo(first);
    assertThat(names()).containsExactly(second);
  }

  @Test
  void withoutAWholeOneTheStartFailsRatherThanBeginAnew() throws IOException {
    // Given
    String only = store(3).save(Units.at(1));
    Files.delete(root.resolve(only).resolve("manifest.json"));

    // Then
    assertThatThrownBy(() -> store(3).newest())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "none of the 1 checkpoints in %s is whole, the log says why; restore one, or move the folder away to start again from the base model",
            root);
  }

  @Test
  void theFormatOfALaterReleaseIsNotTakenForDamage() throws IOException {
    // Given
    store(3).save(Units.at(1));
    String newer = store(3).save(Units.at(2));
    Path manifest = root.resolve(newer).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("\"format\":1", "\"format\":2"));

    // Then
    assertThatThrownBy(() -> store(3).newest())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "checkpoint %s has format 2, this release reads up to 1: "
                .formatted(root.resolve(newer)));
  }

  @Test
  void otherThingsInTheFolderAreLeftAlone() throws IOException {
    // Given
    Files.createDirectories(root.resolve("my-backup"));
    Files.writeString(root.resolve("notes.txt"), "");

    // When
    String id = store(1).save(Units.at(1));

    // Then
    assertThat(names()).containsExactly(id, "my-backup", "notes.txt");
    assertThat(store(1).newest()).isPresent();
  }

  @Test
  void namesThatAreNoFileNamesAreRefused() {
    for (String name : List.of("", "../weights", "a/b", "A", "a.b", "a b", "x".repeat(101))) {
      assertThatThrownBy(() -> new Checkpoint(1, Map.of(name, Map.of()), Map.of()))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new Checkpoint(1, Map.of(), Map.of("manifest", new byte[0])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Checkpoint(-1, Map.of(), Map.of()))
        .hasMessage("steps count from 0, not -1");
  }

  @Test
  void aPartMoreNeedsNoChangeOfTheStore() throws IOException {
    // Given
    byte[] drift = "{\"mean\":0.1}".getBytes(StandardCharsets.UTF_8);
    Checkpoint with =
        new Checkpoint(
            5, Map.of("average", Units.at(5).tensors().get("weights")), Map.of("drift", drift));

    // When
    store(3).save(with);

    // Then
    Units.assertSame(store(3).newest().orElseThrow().checkpoint(), with);
  }

  private FolderCheckpointStore store(int keep) throws IOException {
    return new FolderCheckpointStore(root, keep);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
