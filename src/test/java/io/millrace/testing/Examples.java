package io.millrace.testing;

import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Small values that tests share. */
public final class Examples {

  public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private Examples() {}

  public static RecordPosition at(long offset) {
    return new RecordPosition("examples", 0, offset);
  }

  public static InboundRecord record(String topic, long offset, String json) {
    return new InboundRecord(
        new RecordPosition(topic, 0, offset),
        null,
        json == null ? null : json.getBytes(StandardCharsets.UTF_8),
        List.of(),
        NOON.plusMillis(offset).toEpochMilli());
  }

  /** A text of this many tokens. */
  public static TokenizedText text(int length) {
    int[] ids = new int[length];
    Arrays.fill(ids, 7);
    return new TokenizedText(ids, new int[length]);
  }

  public static TokenizedExample example(long offset, int length, int label) {
    return new TokenizedExample(
        "id" + offset, text(length), new Target.Label(label), 1, NOON, at(offset));
  }

  public static HeldOutExample heldOut(long offset, int length, int label) {
    return new HeldOutExample(
        "id" + offset, text(length), new Target.Label(label), NOON, at(offset), Optional.empty());
  }
}
