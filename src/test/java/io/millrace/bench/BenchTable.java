package io.millrace.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints rows as they come and keeps them in a file, so that a run cut short leaves what it had.
 */
final class BenchTable<R extends Record> {

  private final String heading;
  private final Path file;
  private final List<R> rows = new ArrayList<>();

  BenchTable(String heading, Path file) {
    this.heading = heading;
    this.file = file;
  }

  void add(R row) throws IOException {
    if (rows.isEmpty()) {
      System.out.println(heading);
    }
    System.out.println(row);
    rows.add(row);
    Files.createDirectories(file.getParent());
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), rows);
  }
}
