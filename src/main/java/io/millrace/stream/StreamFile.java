package io.millrace.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.DeadLetter;
import io.millrace.example.Decoded;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.example.RecordPosition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * A file of examples, one JSON object a line, by the contract of the examples topic; gzip where its
 * name ends in {@code .gz}.
 *
 * @param examples in event-time order; the file's order where times are equal
 * @param refused lines that break the contract, by reason
 */
record StreamFile(List<LabelledExample> examples, Map<DeadLetter.Reason, Long> refused) {

  /** Event time stands in for the record's timestamp here, so its absence must show. */
  private static final long NO_TIME = Long.MIN_VALUE;

  StreamFile {
    examples = List.copyOf(examples);
    refused = Map.copyOf(refused);
  }

  /**
   * Reads all of it.
   *
   * @throws IOException where it cannot be read, or a line has no timestamp; names the line
   */
  static StreamFile read(Path file, ExampleDecoder decoder) throws IOException {
    if (!Files.isReadable(file)) { // the JDK's own message is the name alone
      throw new IOException(file + " cannot be read: is there such a file?");
    }
    List<LabelledExample> examples = new ArrayList<>();
    Map<DeadLetter.Reason, Long> refused = new TreeMap<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(file), UTF_8))) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RecordPosition position = new RecordPosition("stream", 0, number++);
        if (line.isBlank()) {
          continue;
        }
        Decoded decoded =
            decoder.decode(
                new InboundRecord(position, null, line.getBytes(UTF_8), List.of(), NO_TIME));
        if (decoded instanceof Decoded.Accepted accepted) {
          examples.add(timed(accepted.example(), file, number));
        } else if (decoded instanceof Decoded.Refused broken) {
          refused.merge(broken.letter().reason(), 1L, Long::sum);
        }
      }
    }
    examples.sort(Comparator.comparing(LabelledExample::eventTime)); // stable
    return new StreamFile(examples, refused);
  }

  private static LabelledExample timed(LabelledExample example, Path file, long line)
      throws IOException {
    if (example.eventTime().equals(Instant.ofEpochMilli(NO_TIME))) {
      throw new IOException(
          "%s, line %d: no \"timestamp\", so it has no place in event-time order"
              .formatted(file, line));
    }
    return example;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    if (!file.toString().endsWith(".gz")) {
      return bytes;
    }
    try {
      return new GZIPInputStream(bytes);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
