package io.millrace.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFolderTest {

  @TempDir Path parent;

  @Test
  void aFolderAppearsWithAllItsFiles() throws IOException {
    // When
    DurableFolder.write(
        parent.resolve("a"),
        aside -> {
          Files.writeString(aside.resolve("one"), "1");
          Files.writeString(aside.resolve("two"), "2");
          assertThat(parent.resolve("a")).doesNotExist();
        });

    // Then
    assertThat(names(parent)).containsExactly("a");
    assertThat(names(parent.resolve("a"))).containsExactly("one", "two");
  }

  @Test
  void afterAFailureNothingIsLeftAndTheMessageNamesFolderSpaceAndReason() {
    // When
    assertThatThrownBy(
            () ->
                DurableFolder.write(
                    parent.resolve("a"),
                    aside -> {
                      Files.writeString(aside.resolve("one"), "1");
                      throw new IOException("No space left on device");
                    }))
        // Then
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "\\Q"
                + parent
                + "\\E/a cannot be written \\([0-9]+ MB free\\): No space left on device");
    assertThat(names(parent)).isEmpty();
  }

  @Test
  void aProgrammingErrorLeavesNothingEitherAndIsNotDressedUp() {
    // When
    assertThatThrownBy(
            () ->
                DurableFolder.write(
                    parent.resolve("a"),
                    aside -> {
                      Files.writeString(aside.resolve("one"), "1");
                      throw new IllegalStateException("broken");
                    }))
        // Then
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
    assertThat(names(parent)).isEmpty();
  }

  @Test
  void aFolderIsNeverOverwritten() throws IOException {
    // Given
    DurableFolder.write(parent.resolve("a"), aside -> Files.writeString(aside.resolve("f"), "old"));

    // When
    assertThatThrownBy(
            () ->
                DurableFolder.write(
                    parent.resolve("a"), aside -> Files.writeString(aside.resolve("f"), "new")))
        // Then
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("it is there already");
    assertThat(parent.resolve("a/f")).hasContent("old");
  }

  @Test
  void aFileIsReplacedAsAWhole() throws IOException {
    // When
    DurableFolder.writeFile(parent.resolve("f"), "old".getBytes(UTF_8));
    DurableFolder.writeFile(parent.resolve("f"), "new".getBytes(UTF_8));

    // Then
    assertThat(names(parent)).containsExactly("f");
    assertThat(parent.resolve("f")).hasContent("new");
  }

  @Test
  void whatACrashLeftIsRemovedAndNothingElse() throws IOException {
    // Given
    Files.createDirectories(parent.resolve(".writing-3/deep"));
    Files.writeString(parent.resolve(".writing-3/deep/f"), "half");
    Files.createDirectories(parent.resolve(".deleting-1"));
    Files.writeString(parent.resolve(".writing-3.json"), "half");
    Files.createDirectories(parent.resolve("2"));
    Files.writeString(parent.resolve(".keep"), "");

    // When
    DurableFolder.deleteLeftovers(parent);

    // Then
    assertThat(names(parent)).containsExactly(".keep", "2");
  }

  @Test
  void aFolderThatACrashLeftHalfWrittenIsWrittenAnew() throws IOException {
    // Given
    Files.createDirectories(parent.resolve(".writing-a"));
    Files.writeString(parent.resolve(".writing-a/stale"), "half");

    // When
    DurableFolder.write(parent.resolve("a"), aside -> Files.writeString(aside.resolve("f"), "1"));

    // Then
    assertThat(names(parent.resolve("a"))).containsExactly("f");
  }

  @Test
  void theHashIsThatOfTheStandard() throws IOException {
    // Given
    Path file = Files.writeString(parent.resolve("abc"), "abc");

    // Then
    assertThat(DurableFolder.sha256(file))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
