package io.millrace.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gate.Scores;
import io.millrace.storage.DurableFolder;
import io.millrace.testing.Fuzz;
import io.millrace.testing.RollBacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FolderVersionStoreTest {

  private static final long TERM = Scores.TERM;

  @TempDir Path root;
  private FolderVersionStore store;

  @BeforeEach
  void open() throws IOException {
    store = new FolderVersionStore(root);
  }

  @Test
  void aVersionHasItsFilesAndTheirHashes() throws IOException {
    // When
    ModelVersion version = publish(1);

    // Then
    assertThat(version.files())
        .containsExactly(
            new ArtifactFile(
                "config.json",
                2,
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
            new ArtifactFile(
                "model.safetensors",
                3,
                "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81"));
    store.markAnnounced(version);
    assertThat(store.current()).contains(version);
    assertThat(store.folder(1, TERM).resolve("model.safetensors"))
        .hasBinaryContent(new byte[] {1, 2, 3});
    store.verify(version);
  }

  @Test
  void aRollBackMakesAnEarlierVersionCurrentUntilALaterOneComes() throws IOException {
    // Given
    announce(1);
    announce(2);
    announce(3);

    // When
    store.markCurrent(
        RollBacks.to(1, TERM).model("mail").from(3).by("on-call").because("asked for").build());
    open();

    // Then, behind a restart too, and pruning leaves it
    assertThat(store.current().orElseThrow().version()).isEqualTo(1);
    prune(1);
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(1L, 3L);

    // And the next version takes its place
    announce(4);
    assertThat(store.current().orElseThrow().version()).isEqualTo(4);
    prune(1); // which leaves its parent, too
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
  }

  @Test
  void versionsAreThereAfterARestart() throws IOException {
    // Given
    List<ModelVersion> announced = List.of(announce(1), announce(2));

    // When
    open();

    // Then
    assertThat(store.list()).isEqualTo(announced);
    assertThat(store.current()).contains(announced.get(1));
    assertThat(store.lastNumber()).isEqualTo(2);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anyDescriptionIsThatVersionsOrRefusedByName() throws IOException {
    announce(1);
    Path description = root.resolve("1-" + TERM + ".json");
    Fuzz.each(
        Files.readAllBytes(description),
        3_000,
        input -> {
          // When
          Files.write(description, input);
          Optional<ModelVersion> current = store.current();
          if (current.isEmpty()) {
            assertThat(store.damaged())
                .singleElement()
                .asString()
                .startsWith(description.toString());
            return;
          }

          // Then
          ModelVersion read = current.get();
          assertThat(read.version()).isEqualTo(1);
          assertThat(read.term()).isEqualTo(TERM);
          for (ArtifactFile file : read.files()) {
            assertThat(store.file(1, file.name()))
                .hasValueSatisfying(path -> assertThat(path).hasParentRaw(store.folder(1, TERM)));
          }
        });
  }

  @Test
  void aNumberWithLeadingZerosIsNoVersion() throws IOException {
    // Given
    ModelVersion version = announce(1);
    Files.copy(root.resolve("1-4.json"), root.resolve("01-4.json"));
    Files.createFile(root.resolve("01-4.announced"));

    // Then
    assertThat(store.list()).containsExactly(version);
  }

  @Test
  void anEmptyStoreHasNoCurrentVersion() {
    assertThat(store.current()).isEmpty();
    assertThat(store.list()).isEmpty();
    assertThat(store.lastNumber()).isZero();
  }

  @Test
  void aVersionIsNobodysUntilItIsAnnounced() throws IOException {
    // Given
    ModelVersion first = announce(1);

    // When
    ModelVersion second = publish(2);

    // Then
    assertThat(store.list()).containsExactly(first);
    assertThat(store.file(2, "config.json")).isEmpty();
    assertThat(store.lastNumber()).isEqualTo(1);
    store.markAnnounced(second);
    store.markAnnounced(second);
    assertThat(store.list()).containsExactly(first, second);
  }

  @Test
  void anOwnerRemovesWhatEarlierOnesDidNotGetToAnnounce() throws IOException {
    // Given a version, one written and not announced, one half-written, one without its artifact
    ModelVersion first = announce(1);
    publish(2);
    Files.createDirectories(root.resolve(".writing-3-4"));
    Files.writeString(root.resolve(".writing-3-4/config.json"), "{");
    Files.copy(root.resolve("1-4.json"), root.resolve("3-4.json"));

    // When
    open();
    store.removeUnannounced();

    // Then
    assertThat(names()).containsExactly("1-4", "1-4.announced", "1-4.json");
    assertThat(store.list()).containsExactly(first);
  }

  @Test
  void whatAFencedOwnerStillWritesIsNotTakenForTheVersionOfThatNumber() throws IOException {
    // Given
    ModelVersion announced = announce(1);

    // When an owner of an earlier term writes its own version 1
    store.add(
        1,
        TERM - 1,
        folder -> Files.writeString(folder.resolve("config.json"), "other"),
        (at, files) -> Scores.version(1, files));

    // Then
    assertThat(store.current()).contains(announced);
    assertThat(store.file(1, "config.json").orElseThrow()).hasContent("{}");
  }

  @Test
  void aFailureWhileWritingLeavesNothing() throws IOException {
    // Given
    announce(1);

    // When
    assertThatThrownBy(
            () ->
                store.add(
                    2,
                    TERM,
                    folder -> {
                      Files.write(folder.resolve("model.safetensors"), new byte[3]);
                      throw new IOException("No space left on device");
                    },
                    (at, files) -> Scores.version(2, files)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root.resolve("2-4") + " cannot be written (")
        .hasMessageEndingWith("No space left on device");
    assertThatThrownBy(
            () ->
                store.add(
                    2,
                    TERM,
                    folder -> Files.write(folder.resolve("model.safetensors"), new byte[3]),
                    (at, files) -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");

    // Then
    assertThat(names()).containsExactly("1-4", "1-4.announced", "1-4.json");
    assertThat(store.lastNumber()).isEqualTo(1);
  }

  @Test
  void aSecondReaderDoesNotDisturbTheWriter() throws IOException {
    // When
    store.add(
        1,
        TERM,
        folder -> {
          Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
          FolderVersionStore standby = new FolderVersionStore(root);
          assertThat(standby.list()).isEmpty();
          assertThat(standby.current()).isEmpty();
        },
        (at, files) -> Scores.version(1, files));

    // Then
    assertThat(store.folder(1, TERM).resolve("model.safetensors")).exists();
  }

  @Test
  void pruningKeepsTheNewestAndNeverReusesANumber() throws IOException {
    // Given
    for (int number = 1; number <= 4; number++) {
      announce(number);
    }

    // When
    prune(2);

    // Then
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
    assertThat(store.file(1, "config.json")).isEmpty();
    open();
    assertThat(store.lastNumber()).isEqualTo(4);
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
  }

  @Test
  void theGraceOfASupersededVersionBeginsWithTheAnnouncementOfTheNext() throws IOException {
    // Given versions that were made long ago, of which the third was announced half an hour ago
    for (long number = 1; number <= 4; number++) {
      announce(number);
    }
    Instant now = Instant.now();
    marked(2, now.minus(Duration.ofHours(2)));
    marked(3, now.minus(Duration.ofMinutes(30)));
    Retention anHour = new Retention(1, Optional.empty(), Duration.ofHours(1));

    // When
    store.prune(anHour, Set.of());

    // Then the second stays
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(2L, 3L, 4L);

    // And goes later
    marked(3, now.minus(Duration.ofMinutes(61)));
    store.prune(anHour, Set.of());
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
  }

  private void marked(long number, Instant when) throws IOException {
    Files.setLastModifiedTime(
        root.resolve(number + "-" + TERM + ".announced"), FileTime.from(when));
  }

  @Test
  void theFateOfAVersionIsKnownToWhoKeepsACopy() throws IOException {
    // Given versions 1 to 3, of which the first is pruned, and a fourth without announcement
    for (int number = 1; number <= 3; number++) {
      announce(number);
    }
    publish(4);
    prune(1);

    // Then
    assertThat(fate(1, TERM)).isEqualTo(VersionStore.Fate.PRUNED);
    assertThat(fate(2, TERM)).isEqualTo(VersionStore.Fate.KEPT);
    assertThat(fate(3, TERM)).isEqualTo(VersionStore.Fate.KEPT);
    assertThat(fate(3, TERM - 1)).isEqualTo(VersionStore.Fate.UNANNOUNCED);
    assertThat(fate(4, TERM)).isEqualTo(VersionStore.Fate.UNANNOUNCED);

    // And the newest counts as kept though its files are not here
    DurableFolder.remove(store.folder(3, TERM));
    assertThat(fate(3, TERM)).isEqualTo(VersionStore.Fate.KEPT);
  }

  @Test
  void whereTheStoreWasLostItDoesNotClaimToKnow() throws IOException {
    // Given an empty store that learns from the broker which version was the last
    store.markAnnounced(Scores.version(3, List.of()));

    // Then
    assertThat(fate(3, TERM)).isEqualTo(VersionStore.Fate.KEPT);
    assertThat(fate(2, TERM)).isEqualTo(VersionStore.Fate.UNKNOWN);
    assertThat(fate(4, TERM)).isEqualTo(VersionStore.Fate.UNANNOUNCED);
  }

  private VersionStore.Fate fate(long number, long term) {
    return store.fate(new VersionKey(number, term));
  }

  @Test
  void aVersionThatIsNotAnnouncedIsNotPruned() throws IOException {
    // Given
    announce(1);
    ModelVersion written = publish(2);

    // When
    prune(1);

    // Then
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(1L);
    store.verify(written);
  }

  @Test
  void aCrashWhilePruningLeavesNoHalfVersion() throws IOException {
    // Given
    announce(1);
    announce(2);
    Files.move(root.resolve("1-4"), root.resolve(".deleting-1-4"));
    Files.delete(root.resolve(".deleting-1-4/config.json"));

    // When
    open();
    store.removeUnannounced();

    // Then
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(2L);
    assertThat(store.lastNumber()).isEqualTo(2);
    assertThat(names()).doesNotContain(".deleting-1-4");
  }

  @Test
  void filesAreFoundByTheirListedNamesOnly() throws IOException {
    // Given
    announce(1);
    Files.writeString(store.folder(1, TERM).resolve("unlisted"), "");
    Files.writeString(root.resolve("secret"), "");

    // Then
    assertThat(store.file(1, "config.json")).contains(store.folder(1, TERM).resolve("config.json"));
    for (String name :
        List.of("unlisted", "../secret", "..", ".", "", "/etc/passwd", "config.json/../unlisted")) {
      assertThat(store.file(1, name)).as(name).isEmpty();
    }
    assertThat(store.file(2, "config.json")).isEmpty();
    assertThat(store.file(-1, "config.json")).isEmpty();
  }

  @Test
  void aDamagedFileIsNamedWithWhatWasExpectedAndFound() throws IOException {
    // Given
    ModelVersion version = announce(1);
    Path weights = store.folder(1, TERM).resolve("model.safetensors");

    // Then
    Files.write(weights, new byte[] {1, 2, 4});
    assertThatThrownBy(() -> store.verify(version))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "%s is damaged: expected sha256 %s, found %s",
            weights, version.files().get(1).sha256(), DurableFolder.sha256(weights));
    Files.write(weights, new byte[] {1, 2});
    assertThatThrownBy(() -> store.verify(version))
        .hasMessage("%s is damaged: expected 3 bytes, found 2", weights);
    Files.delete(weights);
    assertThatThrownBy(() -> store.verify(version)).hasMessage("%s is missing", weights);
  }

  @Test
  void aDamagedDescriptionIsNamedAndHoldsNoOtherVersionUp() throws IOException {
    // Given
    announce(1);
    announce(2);
    Files.writeString(root.resolve("2-4.json"), "{\"version\":");

    // Then
    assertThat(store.current()).map(ModelVersion::version).contains(1L);
    assertThat(store.list()).hasSize(1);
    assertThat(store.lastNumber()).isEqualTo(2);
    assertThat(store.damaged())
        .singleElement()
        .asString()
        .startsWith(root.resolve("2-4.json") + " does not describe a version: Unexpected");

    // And one that is gone, too
    Files.delete(root.resolve("2-4.json"));
    assertThat(store.damaged()).containsExactly(root.resolve("2-4.json") + " is gone");
    assertThat(store.current()).map(ModelVersion::version).contains(1L);
  }

  private ModelVersion announce(long number) throws IOException {
    ModelVersion version = publish(number);
    store.markAnnounced(version);
    return version;
  }

  private ModelVersion publish(long number) throws IOException {
    return store.add(
        number,
        TERM,
        folder -> {
          Files.writeString(folder.resolve("config.json"), "{}");
          Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
        },
        (at, files) -> Scores.version(number, files));
  }

  private void prune(int keep) throws IOException {
    store.prune(new Retention(keep, Optional.empty(), Duration.ZERO), Set.of());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
