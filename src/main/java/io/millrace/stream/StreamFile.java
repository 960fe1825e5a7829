package io.millrace.stream;

import io.millrace.example.DeadLetter;
import io.millrace.example.Decoded;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.ExampleFile;
import io.millrace.example.LabelledExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of examples, one JSON object a line, by the contract of the examples topic or nearly so;
 * gzip where its name ends in {@code .gz}.
 *
 * @param examples in event-time order; the file's order where times are equal
 * @param refused lines that break the contract, by reason
 */
record StreamFile(
    List<LabelledExample> examples, Map<DeadLetter.Reason, StreamReport.LeftOut> refused) {

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
    List<LabelledExample> examples = new ArrayList<>();
    Map<DeadLetter.Reason, StreamReport.LeftOut> refused = new TreeMap<>();
    new ExampleFile(file, "stream")
        .read(
            decoder,
            NO_TIME,
            (line, decoded) -> {
              if (decoded instanceof Decoded.Accepted accepted) {
                examples.add(timed(accepted.example(), file, line));
              } else if (decoded instanceof Decoded.Refused broken) {
                refused.merge(
                    broken.letter().reason(),
                    new StreamReport.LeftOut(
                        1, "line %d: %s".formatted(line, broken.letter().detail())),
                    (before, one) -> before.andOneMore());
              }
            });
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
}
