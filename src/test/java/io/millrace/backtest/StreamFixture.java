package io.millrace.backtest;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.StreamSupport;

/** What {@code stream_fixture.py} computed. */
public final class StreamFixture {

  private StreamFixture() {}

  public static JsonNode read() {
    try (InputStream json = StreamFixture.class.getResourceAsStream("stream_fixture.json")) {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }
}
