package io.millrace.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleDecoderTest {

  private final ExampleDecoder decoder = new ExampleDecoder(20, "group", Labels.TASK);

  @Test
  void aFullExampleIsDecodedFieldByField() {
    LabelledExample example =
        accepted(
            "{\"id\":\"a\",\"text\":\"one\",\"text_pair\":\"two\",\"label\":\"ham\",\"timestamp\":\"2001-06-25T13:11:28+02:00\",\"weight\":2.5,\"other\":1}");

    assertThat(example.id()).isEqualTo("a");
    assertThat(example.text()).isEqualTo("one");
    assertThat(example.textPair()).contains("two");
    assertThat(example.target().asName().orElseThrow()).isEqualTo("ham");
    assertThat(example.eventTime()).isEqualTo(Instant.parse("2001-06-25T11:11:28Z"));
    assertThat(example.weight()).isEqualTo(2.5);
  }

  @Test
  void whatAProducerLeavesOutComesFromTheRecord() {
    LabelledExample example = accepted("{\"text\":\"one\",\"label\":\"ham\"}");

    assertThat(example.id()).isEqualTo("examples-0@5");
    assertThat(example.eventTime()).isEqualTo(Examples.NOON.plusMillis(5));
    assertThat(example.weight()).isEqualTo(1);
    assertThat(example.textPair()).isEmpty();
  }

  @Test
  void aTimestampMayBeEpochMilliseconds() {
    assertThat(accepted("{\"text\":\"a\",\"label\":\"b\",\"timestamp\":1000}").eventTime())
        .isEqualTo(Instant.ofEpochSecond(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"text\": | UNDECODABLE | the value is not valid JSON at line 1, column 9",
        "{\"text\":\"a\",\"label\":\"b\"} x | UNDECODABLE | the value is not valid JSON at line 1, column 26",
        "{\"text\":\"a\",\"text\":\"b\"} | UNDECODABLE | the value is not valid JSON at line 1, column 19",
        "[1] | UNDECODABLE | the value is not a JSON object",
        "{\"label\":\"b\"} | MISSING_TEXT | \"text\" is missing or blank",
        "{\"text\":\" \",\"label\":\"b\"} | MISSING_TEXT | \"text\" is missing or blank",
        "{\"text\":3,\"label\":\"b\"} | UNDECODABLE | \"text\" is not a string",
        "{\"text\":\"a\"} | MISSING_LABEL | \"label\" is missing or blank",
        "{\"text\":\"a\",\"label\":null} | MISSING_LABEL | \"label\" is missing or blank",
        "{\"text\":\"a\",\"labels\":[\"b\"]} | UNSUPPORTED_TASK | \"labels\" belongs to a task other than single-label classification",
        "{\"text\":\"123456789012345678901\",\"label\":\"b\"} | TEXT_TOO_LARGE | \"text\" has 21 characters, the limit is 20",
        "{\"text\":\"a\",\"label\":\"b\",\"timestamp\":\"noon\"} | UNDECODABLE | \"timestamp\" is neither ISO 8601 with a zone nor epoch milliseconds",
        "{\"text\":\"a\",\"label\":\"b\",\"weight\":0} | UNDECODABLE | \"weight\" is not a finite number above 0",
        "{\"text\":\"a\",\"label\":\"b\",\"weight\":1e39} | UNDECODABLE | \"weight\" is not a finite number above 0",
      })
  void aRecordThatBreaksTheContractIsRefusedWithTheRule(String json, Reason reason, String detail) {
    Decoded decoded = decoder.decode(Examples.record("examples", 5, json));

    assertThat(decoded)
        .isInstanceOfSatisfying(
            Decoded.Refused.class,
            refused -> {
              assertThat(refused.letter().reason()).isEqualTo(reason);
              assertThat(refused.letter().detail()).isEqualTo(detail);
            });
  }

  @Test
  void noMessageAndNoToStringShowsTheText() {
    Decoded refused =
        decoder.decode(
            Examples.record("examples", 5, "{\"text\":\"secret\",\"label\":\"b\" oops}"));
    LabelledExample example = accepted("{\"text\":\"secret\",\"label\":\"ham\"}");

    assertThat(((Decoded.Refused) refused).letter().detail()).doesNotContain("secret");
    assertThat(example.toString()).doesNotContain("secret");
  }

  @Test
  void aNullValueRetractsTheIdThatIsItsKey() {
    assertThat(decoder.decode(nullValue("käse".getBytes(StandardCharsets.UTF_8))))
        .isInstanceOfSatisfying(
            Decoded.Retraction.class,
            retraction -> {
              assertThat(retraction.id()).isEqualTo("käse");
              assertThat(retraction.record().position().offset()).isEqualTo(5);
            });
  }

  @Test
  void aNullValueWithoutAnIdIsRefused() {
    for (byte[] key : new byte[][] {null, {}, {(byte) 0xff, 'a'}}) {
      assertThat(decoder.decode(nullValue(key)))
          .isInstanceOfSatisfying(
              Decoded.Refused.class,
              refused -> {
                assertThat(refused.letter().reason()).isEqualTo(DeadLetter.Reason.UNDECODABLE);
                assertThat(refused.letter().detail())
                    .isEqualTo(
                        "a null value retracts the id that is its key, and the key is no UTF-8"
                            + " text");
              });
    }
  }

  private static InboundRecord nullValue(byte[] key) {
    return new InboundRecord(
        Examples.record("examples", 5, "").position(), key, null, List.of(), 0);
  }

  private LabelledExample accepted(String json) {
    return ((Decoded.Accepted) decoder.decode(Examples.record("examples", 5, json))).example();
  }
}
