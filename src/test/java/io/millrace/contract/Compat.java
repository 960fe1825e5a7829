package io.millrace.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Messages as this release and earlier ones wrote them, a folder for each schema. */
public final class Compat {

  static final Path FOLDER = Path.of("src/test/resources/compat");

  private Compat() {}

  /** The kept messages of one schema. */
  public static List<Path> files(String schema) throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve(schema))) {
      return files.sorted().toList();
    }
  }
}
