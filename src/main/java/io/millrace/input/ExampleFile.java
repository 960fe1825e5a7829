package io.millrace.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file of examples, one JSON object a line, by the contract of the examples topic; gzip where its
 * name ends in {@code .gz}.
 *
 * @param path where it is
 * @param topic that its records are said to come from; their offset is the line, from 0
 */
public record ExampleFile(Path path, String topic) {

  /**
   * Decodes line after line; blank ones count and say nothing.
   *
   * @param noTime the timestamp of records without their own, epoch milliseconds
   * @throws IOException where it cannot be read, or what {@code onLine} throws
   */
  public void read(ExampleDecoder decoder, long noTime, OnLine onLine) throws IOException {
    if (!Files.isReadable(path)) { // the JDK's own message is the name alone
      throw new IOException(path + " cannot be read: is there such a file?");
    }
    long number = 0;
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        RecordPosition position = new RecordPosition(topic, 0, number++);
        if (!line.isBlank()) {
          onLine.read(
              number,
              decoder.decode(
                  new InboundRecord(position, null, line.getBytes(UTF_8), List.of(), noTime)));
        }
      }
    } catch (ZipException | EOFException e) {
      throw new IOException(
          "%s is no whole gzip file behind line %d: %s".formatted(path, number, e.getMessage()), e);
    }
  }

  private InputStream open() throws IOException {
    InputStream bytes = Files.newInputStream(path);
    if (!path.toString().endsWith(".gz")) {
      return bytes;
    }
    try {
      return new GZIPInputStream(bytes);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** Takes a line. */
  @FunctionalInterface
  public interface OnLine {

    /**
     * @param line its number, from 1
     */
    void read(long line, Decoded decoded) throws IOException;
  }
}
