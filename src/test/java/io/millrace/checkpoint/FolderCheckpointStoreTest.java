package io.millrace.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCheckpointStoreTest {

  @TempDir Path root;

  @Test
  void whatWasSavedIsThereAfterARestart() throws IOException {
    // When
    String id = Units.save(store(3), Units.at(120));

    // Then
    assertThat(id).isEqualTo("000000000001-000000000120-00000001");
    CheckpointStore.Saved saved = store(3).newest().orElseThrow();
    assertThat(saved.id()).hasToString(id);
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
    Units.save(store(3), checkpoint);

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
    assertThat(store(3).highestTerm()).isEqualTo(-1);
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void olderOnesAreRemovedBeyondTheNumberKept() throws IOException {
    // Given
    FolderCheckpointStore store = store(3);
    List<String> ids = new ArrayList<>();

    // When
    for (int step = 1; step <= 5; step++) {
      ids.add(Units.save(store, Units.at(step)));
    }

    // Then
    assertThat(names()).isEqualTo(ids.subList(2, 5));
  }

  @Test
  void aFailedSaveLeavesThoseBeforeItAndNothingElse() throws IOException {
    // Given a part that cannot be written
    String good = Units.save(store(1), Units.at(1));
    Checkpoint unwritable =
        new Checkpoint(2, Map.of("weights", new BrokenTensors()), Map.of("a", new byte[1]));

    // When
    assertThatThrownBy(() -> Units.save(store(1), unwritable))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root + "/000000000001-000000000002-00000001")
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
    assertThatThrownBy(() -> Units.save(store, Units.at(7)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root.resolve("store").toString());
  }

  @Test
  void oneCanBeRemovedAndTheOthersStay() throws IOException {
    // Given
    FolderCheckpointStore store = store(3);
    Units.save(store, Units.at(1));
    String newer = Units.save(store, Units.at(2));

    // When the same one is removed twice
    CheckpointId older = store.kept().get(0);
    store.remove(older, older.term());
    store.remove(older, older.term());

    // Then
    assertThat(names()).containsExactly(newer);
  }

  @Test
  void whatACrashLeftHalfWrittenIsNeitherReadNorKept() throws IOException {
    // Given
    String good = Units.save(store(3), Units.at(1));
    Path half = Files.createDirectories(root.resolve(".writing-000000000002-1"));
    Files.write(half.resolve("weights.safetensors"), new byte[1000]);

    // When
    FolderCheckpointStore restarted = store(3);

    // Then
    assertThat(restarted.newest().orElseThrow().id()).hasToString(good);
    assertThat(half).as("a reader leaves it: its writer may be alive").exists();
    String next = Units.save(restarted, Units.at(2));
    assertThat(names()).containsExactly(good, next);
  }

  @Test
  void theNewestIsThatOfTheHighestTermEvenWithFewerSteps() throws IOException {
    // Given: training went on from step 100 in a term of its own because 160 was damaged
    Units.save(store(3), 1, Units.at(100));
    String damaged = Units.save(store(3), 1, Units.at(160));
    Files.delete(root.resolve(damaged).resolve("weights.safetensors"));
    FolderCheckpointStore restarted = store(3);
    assertThat(restarted.newest().orElseThrow().checkpoint().step()).isEqualTo(100);
    assertThat(restarted.highestTerm()).isEqualTo(1);

    // When
    String next = Units.save(restarted, 2, Units.at(110));

    // Then
    assertThat(restarted.newest().orElseThrow().id()).hasToString(next);
    assertThat(store(3).newest().orElseThrow().id()).hasToString(next);
    assertThat(store(3).highestTerm()).isEqualTo(2);
  }

  @Test
  void whatAFencedOwnerStillWritesIsNotRead() throws IOException {
    // Given
    String current = Units.save(store(3), 2, Units.at(110));

    // When
    Units.save(store(3), 1, Units.at(170));

    // Then
    assertThat(store(3).newest().orElseThrow().id()).hasToString(current);
  }

  @Test
  void twoUnitsOfAStepAreToldApartByTheirNumber() throws IOException {
    // When
    store(3).save(new CheckpointId(1, 5, 9), Units.at(5));
    store(3).save(new CheckpointId(1, 5, 10), Units.at(5));

    // Then
    assertThat(store(3).newest().orElseThrow().id()).isEqualTo(new CheckpointId(1, 5, 10));
  }

  @Test
  void aUnitIsNotSavedUnderAnotherStepsName() {
    assertThatThrownBy(() -> store(3).save(new CheckpointId(1, 6, 1), Units.at(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("000000000001-000000000006-00000001 is no name for step 5");
  }

  @Test
  void aDamagedOneNeverCostsAGoodOneItsPlace() throws IOException {
    // Given
    String good = Units.save(store(2), Units.at(100));
    String damaged = Units.save(store(2), Units.at(160));
    Files.delete(root.resolve(damaged).resolve("manifest.json"));
    FolderCheckpointStore restarted = store(2);
    restarted.newest();

    // When
    String next = Units.save(restarted, 2, Units.at(110));

    // Then
    assertThat(names()).containsExactly(good, next);
  }

  @Test
  void withoutAWholeOneTheStartFailsRatherThanBeginAnew() throws IOException {
    // Given
    String only = Units.save(store(3), Units.at(1));
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
    Units.save(store(3), Units.at(1));
    String newer = Units.save(store(3), Units.at(2));
    Path manifest = root.resolve(newer).resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("\"format\":2", "\"format\":3"));

    // Then
    assertThatThrownBy(() -> store(3).newest())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "checkpoint %s was written by release %s in format 3, this is release %s, which reads up to format 2: "
                .formatted(root.resolve(newer), Manifest.RELEASE, Manifest.RELEASE));
  }

  @Test
  void theReleaseIsThatOfTheBuild() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>" + Manifest.RELEASE + "</version>");
  }

  @Test
  void otherThingsInTheFolderAreLeftAlone() throws IOException {
    // Given
    Files.createDirectories(root.resolve("my-backup"));
    Files.writeString(root.resolve("notes.txt"), "");

    // When
    String id = Units.save(store(1), Units.at(1));

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
    Units.save(store(3), with);

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

  /** Tensors on a disk that is full. */
  private static final class BrokenTensors extends AbstractMap<String, HostTensor> {
    @Override
    public Set<Entry<String, HostTensor>> entrySet() {
      throw new UncheckedIOException(new IOException("No space left on device"));
    }
  }
}
