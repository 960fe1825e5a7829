package io.millrace.version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.DurableFolder;
import io.millrace.testing.Versions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifiedArtifactsTest {

  @TempDir private Path published;
  @TempDir private Path into;

  private final ArtifactSource source = new VerifiedArtifacts(Map.of());
  private List<ArtifactFile> files;

  @BeforeEach
  void aVersion() throws IOException {
    Path config = Files.writeString(published.resolve("config.json"), "{}");
    files = List.of(new ArtifactFile("config.json", 2, DurableFolder.sha256(config)));
  }

  @Test
  void aFolderIsCopied() throws IOException {
    // When announced with and without a slash behind it
    Path fetched = source.fetch(version(published.toUri().toString()), into);
    Path again =
        source.fetch(version("file://" + published.toAbsolutePath()), into.resolve("other"));

    // Then
    assertThat(fetched).isEqualTo(into.resolve("7-4"));
    assertThat(fetched.resolve("config.json")).hasContent("{}");
    assertThat(again.resolve("config.json")).hasContent("{}");
  }

  @Test
  void whatIsThereAlreadyIsNotFetchedAgainUnlessItIsDamaged() throws IOException {
    // Given
    AtomicInteger opened = new AtomicInteger();
    ArtifactSource counted =
        new VerifiedArtifacts(
            Map.of(
                "test",
                file -> {
                  opened.incrementAndGet();
                  return new ByteArrayInputStream("{}".getBytes(UTF_8));
                }));
    Path fetched = counted.fetch(version("test:/mail/7-4/"), into);

    // Then
    assertThat(counted.fetch(version("test:/mail/7-4/"), into)).isEqualTo(fetched);
    assertThat(opened).hasValue(1);
    Files.writeString(fetched.resolve("config.json"), "[]");
    counted.fetch(version("test:/mail/7-4/"), into);
    assertThat(opened).hasValue(2);
    assertThat(fetched.resolve("config.json")).hasContent("{}");
  }

  @Test
  void aDamagedFileIsRefusedByNameAndNothingIsLeft() throws IOException {
    // Given
    Files.writeString(published.resolve("config.json"), "[]");

    // Then
    assertThatThrownBy(() -> source.fetch(version(published.toUri().toString()), into))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(published.toUri() + "config.json cannot be fetched: ")
        .hasMessageContaining("config.json is damaged: expected sha256 " + files.get(0).sha256());
    assertThat(into).isEmptyDirectory();
  }

  @Test
  void ofAFileThatIsTooLongNoMoreIsReadThanShowsIt() throws IOException {
    // Given
    Files.write(published.resolve("config.json"), new byte[1_000_000]);

    // Then
    assertThatThrownBy(() -> source.fetch(version(published.toUri().toString()), into))
        .hasMessageContaining("expected 2 bytes, found 3");
  }

  @Test
  void aPlaceThatCannotBeReadIsNamed() {
    assertThatThrownBy(() -> source.fetch(version("ftp://mirror/7/"), into))
        .isInstanceOf(IOException.class)
        .hasMessage("version 7: its artifact \"ftp://mirror/7/\" is of none of the kinds [file]");
    assertThatThrownBy(() -> source.fetch(version("no uri"), into))
        .hasMessageStartingWith("version 7: its artifact \"no uri\" is no URI: ");
    assertThatThrownBy(() -> source.fetch(version("file:///not/there"), into))
        .hasMessageStartingWith("file:///not/there/config.json cannot be fetched: ");
    assertThatThrownBy(() -> source.fetch(version("file://host/7/"), into))
        .hasMessageStartingWith("file://host/7/config.json cannot be fetched: ");
  }

  private ModelVersion version(String artifact) {
    return Versions.at(7, artifact, files);
  }
}
