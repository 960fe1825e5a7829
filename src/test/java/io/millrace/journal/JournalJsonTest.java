package io.millrace.journal;

import io.millrace.testing.GoldenJson;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JournalJsonTest {

  static Stream<Map.Entry<String, Class<?>>> lines() {
    return Stream.of(
        Map.entry("journal/segment-head.json", SegmentHead.class),
        Map.entry("journal/chunk.json", JournalEntry.class),
        Map.entry("journal/idle.json", JournalEntry.class));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aLineIsWrittenAndReadAsItWas(Map.Entry<String, Class<?>> line) throws IOException {
    GoldenJson.assertKept(line.getKey(), line.getValue());
  }
}
