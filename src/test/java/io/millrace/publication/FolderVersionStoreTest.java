package io.millrace.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderVersionStoreTest {

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
    assertThat(store.current()).contains(version);
    assertThat(store.folder(1).resolve("model.safetensors")).hasBinaryContent(new byte[] {1, 2, 3});
    store.verify(version);
  }

  @Test
  void versionsAreThereAfterARestart() throws IOException {
    // Given
    List<ModelVersion> published = List.of(publish(1), publish(2));

    // When
    open();

    // Then
    assertThat(store.list()).isEqualTo(published);
    assertThat(store.current()).contains(published.get(1));
    assertThat(store.nextNumber()).isEqualTo(3);
  }

  @Test
  void anEmptyStoreHasNoCurrentVersionAndStartsAtOne() {
    assertThat(store.current()).isEmpty();
    assertThat(store.list()).isEmpty();
    assertThat(store.nextNumber()).isEqualTo(1);
  }

  @Test
  void aVersionIsUnannouncedUntilItIsMarkedAndStaysSoOverARestart() throws IOException {
    // Given
    ModelVersion first = publish(1);
    store.markAnnounced(1);
    ModelVersion second = publish(2);

    // When
    open();

    // Then
    assertThat(store.unannounced()).containsExactly(second);
    store.markAnnounced(2);
    store.markAnnounced(2);
    open();
    assertThat(store.unannounced()).isEmpty();
    assertThat(store.list()).containsExactly(first, second);
  }

  @Test
  void aCrashBeforeTheRenameLeavesNeitherVersionNorGap() throws IOException {
    // Given
    publish(1);
    Files.createDirectories(root.resolve(".writing-2"));
    Files.writeString(root.resolve(".writing-2/config.json"), "{");
    Files.copy(root.resolve("1.json"), root.resolve("2.json"));

    // When
    open();

    // Then
    assertThat(store.current().orElseThrow().version()).isEqualTo(1);
    assertThat(store.nextNumber()).isEqualTo(2);
    assertThat(names()).containsExactly("1", "1.json");
    publish(2);
    assertThat(store.current().orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void aFailureWhileWritingLeavesNeitherVersionNorGap() throws IOException {
    // Given
    publish(1);

    // When
    assertThatThrownBy(
            () ->
                store.add(
                    2,
                    folder -> {
                      Files.write(folder.resolve("model.safetensors"), new byte[3]);
                      throw new IOException("No space left on device");
                    },
                    files -> Scores.version(2, files)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root.resolve("2") + " cannot be written (")
        .hasMessageEndingWith("No space left on device");
    assertThatThrownBy(
            () ->
                store.add(
                    2,
                    folder -> Files.write(folder.resolve("model.safetensors"), new byte[3]),
                    files -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");

    // Then
    assertThat(names()).containsExactly("1", "1.json");
    assertThat(store.nextNumber()).isEqualTo(2);
  }

  @Test
  void aFailureBehindTheDescriptionFreesTheNumber() throws IOException {
    // Given: the rename fails, because a file of that name is in the way
    Files.writeString(root.resolve("stray"), "");
    FolderVersionStore blocked = new FolderVersionStore(root);

    // When
    assertThatThrownBy(
            () ->
                blocked.add(
                    1,
                    folder -> Files.write(folder.resolve("model.safetensors"), new byte[3]),
                    files -> {
                      try {
                        Files.move(root.resolve("stray"), root.resolve("1"));
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                      return Scores.version(1, files);
                    }))
        .isInstanceOf(IOException.class);

    // Then
    assertThat(names()).containsExactly("1");
    assertThat(blocked.nextNumber()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 3})
  void onlyTheNextNumberIsTaken(long number) throws IOException {
    // Given
    publish(1);

    // Then
    assertThatThrownBy(() -> publish(number))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the next version in %s is 2, not %d".formatted(root, number));
  }

  @Test
  void aSecondReaderDoesNotDisturbTheWriter() throws IOException {
    // When
    store.add(
        1,
        folder -> {
          Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
          FolderVersionStore standby = new FolderVersionStore(root);
          assertThat(standby.list()).isEmpty();
          assertThat(standby.current()).isEmpty();
          assertThat(standby.unannounced()).isEmpty();
        },
        files -> Scores.version(1, files));

    // Then
    assertThat(store.folder(1).resolve("model.safetensors")).exists();
  }

  @Test
  void pruningKeepsTheNewestAndNeverReusesANumber() throws IOException {
    // Given
    for (int number = 1; number <= 4; number++) {
      publish(number);
      store.markAnnounced(number);
    }

    // When
    store.prune(2);

    // Then
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
    assertThat(store.file(1, "config.json")).isEmpty();
    store.prune(0);
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(4L);
    open();
    assertThat(store.nextNumber()).isEqualTo(5);
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(4L);
  }

  @Test
  void aVersionThatIsNotAnnouncedIsNotPruned() throws IOException {
    // Given
    publish(1);
    publish(2);
    store.markAnnounced(2);

    // When
    store.prune(1);

    // Then
    assertThat(store.unannounced()).extracting(ModelVersion::version).containsExactly(1L);
    store.verify(store.unannounced().get(0));
  }

  @Test
  void aCrashWhilePruningLeavesNoHalfVersion() throws IOException {
    // Given
    publish(1);
    store.markAnnounced(1);
    publish(2);
    Files.move(root.resolve("1"), root.resolve(".deleting-1"));
    Files.delete(root.resolve(".deleting-1/config.json"));

    // When
    open();

    // Then
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(2L);
    assertThat(store.nextNumber()).isEqualTo(3);
    assertThat(names()).doesNotContain(".deleting-1");
  }

  @Test
  void filesAreFoundByTheirListedNamesOnly() throws IOException {
    // Given
    publish(1);
    Files.writeString(store.folder(1).resolve("unlisted"), "");
    Files.writeString(root.resolve("secret"), "");

    // Then
    assertThat(store.file(1, "config.json")).contains(store.folder(1).resolve("config.json"));
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
    ModelVersion version = publish(1);
    Path weights = store.folder(1).resolve("model.safetensors");

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
  void aDamagedDescriptionIsNamed() throws IOException {
    // Given
    publish(1);
    Files.writeString(root.resolve("1.json"), "{\"version\":");

    // Then
    assertThatThrownBy(() -> store.current())
        .hasMessageStartingWith(
            root.resolve("1.json") + " does not describe a version: Unexpected");
  }

  private ModelVersion publish(long number) throws IOException {
    return store.add(
        number,
        folder -> {
          Files.writeString(folder.resolve("config.json"), "{}");
          Files.write(folder.resolve("model.safetensors"), new byte[] {1, 2, 3});
        },
        files -> Scores.version(number, files));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
