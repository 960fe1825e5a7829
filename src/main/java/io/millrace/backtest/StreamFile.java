package io.millrace.backtest;

import io.millrace.example.DeadLetter;
import io.millrace.example.LabelledExample;
import io.millrace.example.TimeSource;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.ExampleFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A file of examples, one JSON object a line, by the contract of the examples topic or nearly so;
 * gzip where its name ends in {@code .gz}.
 *
 * @param examples in event-time order; the file's order where times are equal
 * @param refused lines that break the contract, by reason
 */
record StreamFile(List<LabelledExample> examples, Map<DeadLetter.Reason, LeftOut> refused) {

  /** Event time stands in for the record's timestamp here, so its absence must show. */
  private static final long NO_TIME = -1;

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
    Map<DeadLetter.Reason, LeftOut> refused = new TreeMap<>();
    new ExampleFile(file, "stream")
        .read(
            decoder,
            NO_TIME,
            (line, decoded) -> {
              if (decoded instanceof Decoded.Accepted accepted) {
                timed(accepted, file, line)
                    .ifPresentOrElse(
                        examples::add,
                        () ->
                            leaveOut(
                                refused,
                                DeadLetter.Reason.INVALID_FIELD,
                                line,
                                "\"timestamp\" is not within 1970 to 9999"));
              } else if (decoded instanceof Decoded.Refused broken) {
                leaveOut(refused, broken.letter().reason(), line, broken.letter().detail());
              }
            });
    examples.sort(Comparator.comparing(LabelledExample::eventTime)); // stable
    return new StreamFile(examples, refused);
  }

  private static void leaveOut(
      Map<DeadLetter.Reason, LeftOut> refused, DeadLetter.Reason reason, long line, String detail) {
    refused.merge(
        reason,
        new LeftOut(1, "line %d: %s".formatted(line, detail)),
        (before, one) -> before.andOneMore());
  }

  /** Empty where its time cannot be: here nothing stands for it, and order is all. */
  private static Optional<LabelledExample> timed(Decoded.Accepted accepted, Path file, long line)
      throws IOException {
    if (accepted.time() == TimeSource.RECORD) {
      throw new IOException(
          "%s, line %d: no \"timestamp\", so it has no place in event-time order"
              .formatted(file, line));
    }
    return Optional.of(accepted.example()).filter(one -> accepted.time() == TimeSource.PRODUCER);
  }
}
