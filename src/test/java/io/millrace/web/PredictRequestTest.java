package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.input.TextRules;
import io.millrace.serving.model.TextInput;
import io.millrace.storage.Json;
import io.millrace.web.problem.RefusedException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictRequestTest {

  private static final int MAX_INPUTS = 2;
  private static final TextRules RULES = new TextRules(20);

  @Test
  void oneTextIsOneInput() throws Exception {
    assertThat(checked("{'text': 'hello', 'text_pair': 'you'}"))
        .containsExactly(new TextInput("hello", Optional.of("you")));
  }

  @Test
  void severalInputsKeepTheirOrder() throws Exception {
    assertThat(checked("{'inputs': [{'text': 'a'}, {'text': 'b', 'text_pair': 'c'}]}"))
        .containsExactly(
            new TextInput("a", Optional.empty()), new TextInput("b", Optional.of("c")));
  }

  @Test
  void aBlankPairIsNoneAsInARecord() throws Exception {
    assertThat(
            checked(
                "{'inputs': [{'text': 'a', 'text_pair': ''}, {'text': 'a', 'text_pair': ' '}]}"))
        .containsOnly(new TextInput("a", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{} | text is missing or blank",
        "{'text': ' '} | text is missing or blank",
        "{'text': '\\u200b'} | text is missing or blank",
        "{'text': 'a\\ud83d'} | text has half of a surrogate pair, which is no Unicode text",
        "{'inputs': [{'text': 'a', 'text_pair': '\\udc00'}]} | inputs[0].text_pair has half of a"
            + " surrogate pair, which is no Unicode text",
        "{'text': 'longer than twenty chars'} | text has 24 characters, the limit is 20",
        "{'text': 'a', 'inputs': []} | Send either text or inputs, not both",
        "{'inputs': []} | inputs must hold 1 to 2 inputs, has 0",
        "{'inputs': [{}, {}, {}]} | inputs must hold 1 to 2 inputs, has 3",
        "{'inputs': [{'text': 'a'}, {}]} | inputs[1].text is missing or blank",
        "{'inputs': [null]} | inputs[0] is null",
        "{'inputs': [{'text': 'a', 'text_pair': 'longer than twenty chars'}]} | inputs[0].text_pair"
            + " has 24 characters, the limit is 20",
      })
  void aBrokenRuleIsNamedWithoutTheText(String body, String message) {
    assertThatThrownBy(() -> checked(body))
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.status()).isEqualTo(400))
        .hasMessage(message);
  }

  @Test
  void printingItShowsNoText() {
    assertThat(new PredictRequest("secret", "secret", List.of(), 1).toString())
        .doesNotContain("secret");
    assertThat(new PredictRequest.Input("secret", "secret").toString()).doesNotContain("secret");
  }

  private static List<TextInput> checked(String body) throws Exception {
    return Json.MAPPER
        .readValue(body.replace('\'', '"'), PredictRequest.class)
        .checked(MAX_INPUTS, RULES);
  }
}
