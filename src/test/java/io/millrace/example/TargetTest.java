package io.millrace.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Json;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {

  private static final TokenizedText TEXT = new TokenizedText(new int[] {2, 3}, new int[2]);
  private static final RecordPosition POSITION = new RecordPosition("examples", 1, 7);

  @Test
  void aLabelIsPersistedAsTheIndexThatCheckpointsHadBeforeTargets() throws Exception {
    assertThat(Json.MAPPER.writeValueAsString(example(new Target.Label(3))))
        .isEqualTo(
            """
            {"id":"a","text":%s,"label":3,"weight":1.5,"eventTime":"1970-01-01T00:00:00Z",\
            "position":{"topic":"examples","partition":1,"offset":7}}"""
                .formatted(Json.MAPPER.writeValueAsString(TEXT)));
    assertThat(Json.MAPPER.writeValueAsString(heldOut(new Target.Label(0))))
        .isEqualTo(
            """
            {"id":"a","text":%s,"label":0,"eventTime":"1970-01-01T00:00:00Z",\
            "position":{"topic":"examples","partition":1,"offset":7},"slice":null}"""
                .formatted(Json.MAPPER.writeValueAsString(TEXT)));
  }

  @Test
  void everyFormIsReadBackAsItWas() throws Exception {
    for (Target target :
        new Target[] {
          new Target.Label(2), new Target.Values(new float[] {0.1f, -3}), values(), values(1e-30f)
        }) {
      String json = Json.MAPPER.writeValueAsString(example(target));

      assertThat(Json.MAPPER.readValue(json, TokenizedExample.class).target()).isEqualTo(target);
    }
  }

  @Test
  void aTargetFitsAModelThatHasItsOutputs() {
    assertThat(new Target.Label(1).fits(2)).isTrue();
    assertThat(new Target.Label(2).fits(2)).isFalse();
    assertThat(new Target.Label(-1).fits(2)).isFalse();
    assertThat(values(1).fits(1)).isTrue();
    assertThat(values(1, 2).fits(1)).isFalse();
  }

  private static Target values(float... values) {
    return new Target.Values(values);
  }

  private static TokenizedExample example(Target target) {
    return new TokenizedExample("a", TEXT, target, 1.5, Instant.EPOCH, POSITION);
  }

  private static HeldOutExample heldOut(Target target) {
    return new HeldOutExample("a", TEXT, target, Instant.EPOCH, POSITION, Optional.empty());
  }
}
