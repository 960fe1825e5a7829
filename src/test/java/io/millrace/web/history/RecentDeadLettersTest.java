package io.millrace.web.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.testing.Examples;
import io.millrace.web.Fakes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentDeadLettersTest {

  private static final String TEXT = "{\"text\": \"keep this to yourself\"}";

  @Test
  void theNewestAreKeptWithPlaceAndReasonAndWithoutTheirText() {
    // Given
    RecentDeadLetters recent = new RecentDeadLetters(Fakes.settings(Map.of()));

    // When
    for (int i = 0; i < RecentDeadLetters.KEPT + 5; i++) {
      recent.sent(letter(i, TEXT));
    }

    // Then
    assertThat(recent.newestFirst()).hasSize(RecentDeadLetters.KEPT);
    RecentDeadLetters.Letter newest = recent.newestFirst().get(0);
    assertThat(newest.topic()).isEqualTo("examples");
    assertThat(newest.offset()).isEqualTo(RecentDeadLetters.KEPT + 4);
    assertThat(newest.reason()).isEqualTo(Reason.MISSING_LABEL);
    assertThat(newest.bytes()).isGreaterThanOrEqualTo(TEXT.length());
    assertThat(recent.newestFirst().toString()).doesNotContain("keep this");
  }

  @Test
  void whereTheSettingAllowsItTheTextIsThereAsFarAsOneWouldRead() {
    // Given
    RecentDeadLetters recent =
        new RecentDeadLetters(Fakes.settings(Map.of("millrace.web.show-text", "true")));

    // When
    recent.sent(letter(0, TEXT));
    recent.sent(letter(1, "ä".repeat(3_000)));
    recent.sent(
        new DeadLetter(
            new InboundRecord(new RecordPosition("examples", 0, 2), null, null, List.of(), 0),
            Reason.UNDECODABLE,
            "a null value without a key"));

    // Then
    assertThat(recent.newestFirst().get(2).value()).contains(TEXT);
    assertThat(recent.newestFirst().get(1).value())
        .contains("ä".repeat(RecentDeadLetters.SHOWN_CHARACTERS));
    assertThat(recent.newestFirst().get(0).value()).isEmpty();
  }

  private static DeadLetter letter(long offset, String value) {
    return new DeadLetter(
        Examples.record("examples", offset, value), Reason.MISSING_LABEL, "\"label\" is missing");
  }
}
