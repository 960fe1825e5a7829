package io.millrace.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.DeadLetter;
import io.millrace.example.LabelledExample;
import io.millrace.input.ExampleDecoder;
import io.millrace.testing.Labels;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  private final ExampleDecoder decoder = new ExampleDecoder(100, "group", Labels.TASK);

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
  void linesThatBreakTheContractAreCountedByReasonAndTheFirstIsNamed() throws IOException {
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
        .isEqualTo(
            Map.of(
                DeadLetter.Reason.MISSING_TEXT,
                new LeftOut(1, "line 2: \"text\" is missing or blank"),
                DeadLetter.Reason.UNDECODABLE,
                new LeftOut(2, "line 3: the value is not valid JSON at line 1, column 1")));
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
  void exportsMayHaveNumbersForLabelsAndTimesWithoutAZone() throws IOException {
    Path file =
        plain(
            """
            {"text": "a", "label": 1, "id": 17, "timestamp": "2026-01-05"}
            {"text": "b", "label": 0, "timestamp": "2026-01-04T12:00:00.5"}
            {"text": "c", "label": true, "timestamp": "2026-01-03 12:00:00"}
            {"text": "d", "label": "x", "timestamp": "2026-01-02 01:00:00+01:00"}
            {"text": "e", "label": "x", "timestamp": 1767225600000.0}
            """);

    StreamFile read = StreamFile.read(file, decoder.ofExports());

    assertThat(read.refused()).isEmpty();
    assertThat(read.examples())
        .extracting(example -> example.target().asName().orElseThrow())
        .containsExactly("x", "x", "true", "0", "1");
    assertThat(read.examples())
        .extracting(example -> example.eventTime().toString())
        .containsExactly(
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            "2026-01-03T12:00:00Z",
            "2026-01-04T12:00:00.500Z",
            "2026-01-05T00:00:00Z");
    assertThat(read.examples().get(4).id()).isEqualTo("17");
    assertThat(StreamFile.read(file, decoder).examples()).as("not so on topics").isEmpty();
  }

  @Test
  void aFileThatIsCutOffOrNoGzipIsNamed() throws IOException {
    Path packed = folder.resolve("stream.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(LINES.getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> StreamFile.read(packed, decoder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(packed + " is no whole gzip file behind line ");

    Files.writeString(packed, LINES);
    assertThatThrownBy(() -> StreamFile.read(packed, decoder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(packed + " is no whole gzip file behind line 0");
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
