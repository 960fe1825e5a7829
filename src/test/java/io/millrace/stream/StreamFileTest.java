package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.DeadLetter;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.LabelledExample;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamFileTest {

  private static final String LINES =
      """
      {"text": "third", "label": "a", "timestamp": "2026-01-03T00:00:00Z", "group": "x"}
      {"text": "first", "label": "a", "timestamp": "2026-01-01T00:00:00Z"}
      {"text": "second, at a tie", "label": "b", "timestamp": "2026-01-02T00:00:00Z"}

      {"text": "third, at a tie", "label": "b", "timestamp": "2026-01-02T01:00:00+01:00"}
      """;

  private final ExampleDecoder decoder = new ExampleDecoder(100, "group");

  @TempDir private Path folder;

  @Test
  void examplesComeInEventTimeOrderAndTheFilesOrderBreaksTies() throws IOException {
    StreamFile file = StreamFile.read(plain(LINES), decoder);

    assertThat(file.examples())
        .extracting(LabelledExample::text)
        .containsExactly("first", "second, at a tie", "third, at a tie", "third");
    assertThat(file.refused()).isEmpty();
  }

  @Test
  void aFileThatEndsInGzIsUnpacked() throws IOException {
    Path packed = folder.resolve("stream.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(LINES.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(StreamFile.read(packed, decoder)).isEqualTo(StreamFile.read(plain(LINES), decoder));
  }

  @Test
  void linesThatBreakTheContractAreCountedByReason() throws IOException {
    Path file =
        plain(
            """
            {"text": "good", "label": "a", "timestamp": 1}
            {"label": "a", "timestamp": 2}
            not JSON
            nor this
            """);

    StreamFile read = StreamFile.read(file, decoder);

    assertThat(read.examples()).hasSize(1);
    assertThat(read.refused())
        .isEqualTo(Map.of(DeadLetter.Reason.MISSING_TEXT, 1L, DeadLetter.Reason.UNDECODABLE, 2L));
  }

  @Test
  void aLineWithoutATimestampIsNamed() throws IOException {
    Path file =
        plain(
            """
            {"text": "good", "label": "a", "timestamp": 1}

            {"text": "good", "label": "a"}
            """);

    assertThatThrownBy(() -> StreamFile.read(file, decoder))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ", line 3: no \"timestamp\", so it has no place in event-time order");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path absent = folder.resolve("absent.jsonl");

    assertThatThrownBy(() -> StreamFile.read(absent, decoder))
        .isInstanceOf(IOException.class)
        .hasMessage(absent + " cannot be read: is there such a file?");
  }

  private Path plain(String lines) throws IOException {
    return Files.writeString(folder.resolve("stream.jsonl"), lines);
  }
}
