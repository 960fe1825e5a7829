package io.millrace.backtest.report;

import io.millrace.storage.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A report in the forms that people and programs read. */
public final class ReportFiles {

  private ReportFiles() {}

  /** The table for a terminal. */
  public static String table(StreamReport report) {
    return ReportTable.of(report);
  }

  /** Writes {@code stream.json} and {@code stream.svg}. */
  public static void write(StreamReport report, Path folder) throws IOException {
    Files.createDirectories(folder);
    Json.MAPPER
        .writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve("stream.json").toFile(), report);
    Files.writeString(folder.resolve("stream.svg"), AccuracyPicture.of(report));
  }
}
