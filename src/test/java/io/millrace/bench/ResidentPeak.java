package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The most memory that this process has held at once since the last reset, as Linux counts it. */
final class ResidentPeak {

  private static final Path RESET = Path.of("/proc/self/clear_refs");
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentPeak() {}

  /** Starts over from what is held now; does nothing where that cannot be told to the system. */
  static void reset() {
    if (Files.isWritable(RESET)) {
      try {
        Files.writeString(RESET, "5");
      } catch (IOException e) {
        throw new UncheckedIOException(RESET + " cannot be written", e);
      }
    }
  }

  /** MB (2^20 bytes); empty where it could not be reset or is not counted. */
  static OptionalInt megabytes() {
    if (!Files.isWritable(RESET) || !Files.isReadable(STATUS)) {
      return OptionalInt.empty();
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(STATUS + " cannot be read", e);
    }
  }
}
