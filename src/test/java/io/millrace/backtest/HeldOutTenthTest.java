package io.millrace.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.example.GivenTarget;
import io.millrace.example.LabelledExample;
import io.millrace.testing.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeldOutTenthTest {

  @Test
  void withoutAnIdTheTextsHashDecides() {
    // Given
    JsonNode fixture = StreamFixture.read();
    List<String> heldOut = new ArrayList<>();
    int place = 0;

    // When
    for (JsonNode text : fixture.get("texts")) {
      if (HeldOutTenth.contains(example(Examples.at(place++).toString(), text.asText(), place))) {
        heldOut.add(text.asText());
      }
    }

    // Then
    assertThat(heldOut)
        .isEqualTo(
            new ArrayList<>(fixture.get("held_out").valueStream().map(JsonNode::asText).toList()));
  }

  @Test
  void withAnIdTheTextDoesNotMatter() {
    String heldOut = StreamFixture.read().get("held_out").get(0).asText();

    for (int i = 0; i < 50; i++) {
      assertThat(HeldOutTenth.contains(example(heldOut, "any text " + i, i))).isTrue();
    }
  }

  /** One that has its position as its id was given none. */
  private static LabelledExample example(String id, String text, int next) {
    return new LabelledExample(
        id,
        text,
        Optional.empty(),
        new GivenTarget.Named("a"),
        Examples.NOON,
        1,
        Examples.at(Math.max(0, next - 1)),
        Optional.empty());
  }
}
