package io.millrace.tokenize;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.millrace.testing.TinyTokenizer;
import io.millrace.testing.Tokenizers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a base can read of a text, and what it refuses of one without refusing the others. */
class TextTokenizerTest {

  private static final BaseCapability TWO_SEGMENTS = new BaseCapability(200, 2);
  private static final BaseCapability ONE_SEGMENT = new BaseCapability(200, 1);

  private record Input(String text, Optional<String> pair) {}

  @Test
  void aBlankPairGivesTheTokensOfTheTextAlone() {
    try (TextTokenizer tokenizer = TextTokenizer.fromJson(TinyTokenizer.json(), 16, TWO_SEGMENTS)) {
      TokenizedText alone = tokenizer.tokenize("w7 w9", Optional.empty());

      for (String blank : List.of("", " ", "\u200b")) {
        TokenizedText paired = tokenizer.tokenize("w7 w9", Optional.of(blank));
        assertThat(paired.ids()).isEqualTo(alone.ids()).containsExactly(1, 7, 9, 2);
        assertThat(paired.typeIds()).isEqualTo(alone.typeIds());
      }
    }
  }

  @Test
  void aPairIsRefusedByABaseOfOneSegmentAndTheOthersAreRead() {
    try (TextTokenizer tokenizer = TextTokenizer.fromJson(TinyTokenizer.json(), 16, ONE_SEGMENT)) {
      List<Tokenization> results =
          tokenize(
              tokenizer,
              new Input("w7", Optional.empty()),
              new Input("w8", Optional.of("w9")),
              new Input("w9", Optional.of("")),
              new Input("w10", Optional.empty()));

      assertThat(results.get(1))
          .isEqualTo(
              new Tokenization.Refused(
                  "the base takes no \"text_pair\": its type_vocab_size is 1"));
      assertThat(ids(results.get(0))).containsExactly(1, 7, 2);
      assertThat(ids(results.get(2))).containsExactly(1, 9, 2);
      assertThat(ids(results.get(3))).containsExactly(1, 10, 2);
    }
  }

  @Test
  void aTextOfNoTokenIsRefusedWhetherSpecialOnesAreAddedOrNot() {
    for (byte[] json : List.of(TinyTokenizer.json(), Tokenizers.withoutPostProcessor())) {
      try (TextTokenizer tokenizer = TextTokenizer.fromJson(json, 16, TWO_SEGMENTS)) {
        List<Tokenization> results =
            tokenize(
                tokenizer,
                new Input("w7", Optional.empty()),
                new Input(" ", Optional.empty()),
                new Input(" ", Optional.of("w8")));

        assertThat(results.get(0)).isInstanceOf(Tokenization.Tokens.class);
        assertThat(results.get(1))
            .isEqualTo(new Tokenization.Refused("the base's tokenizer finds no token in it"));
        assertThat(results.get(2)).isInstanceOf(Tokenization.Tokens.class);
      }
    }
  }

  @Test
  void aTextThatTheTokenizerFailsOnIsRefusedAlone() {
    try (TextTokenizer tokenizer =
        TextTokenizer.fromJson(Tokenizers.failingOnUnknownWords(), 16, TWO_SEGMENTS)) {
      List<Tokenization> results =
          tokenize(
              tokenizer,
              new Input("w7", Optional.empty()),
              new Input("secret", Optional.empty()),
              new Input("w8", Optional.of("w9")),
              new Input("w8", Optional.of("secret")));

      assertThat(ids(results.get(0))).containsExactly(1, 7, 2);
      assertThat(ids(results.get(2))).containsExactly(1, 8, 2, 9, 2);
      for (int failed : List.of(1, 3)) {
        assertThat(results.get(failed))
            .isEqualTo(new Tokenization.Refused("the base's tokenizer fails on it"));
      }
    }
  }

  @Test
  void aTokenThatTheBaseHasNoRowForIsRefusedWithItsText() {
    try (TextTokenizer tokenizer =
        TextTokenizer.fromJson(TinyTokenizer.json(), 16, new BaseCapability(100, 2))) {
      List<Tokenization> results =
          tokenize(
              tokenizer, new Input("w99", Optional.empty()), new Input("w100", Optional.empty()));

      assertThat(results.get(0)).isInstanceOf(Tokenization.Tokens.class);
      assertThat(results.get(1))
          .isEqualTo(
              new Tokenization.Refused(
                  "the base's tokenizer gives the token id 100, its vocab_size is 100"));
      assertThatThrownBy(() -> tokenizer.tokenize("w100", Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** The native library forms all combinations of what it cuts off: tens of gigabytes here. */
  @Test
  void twoTextsOfManyTimesTheLengthAreCutWithinTheMemoryThatTheyNeed() {
    try (TextTokenizer tokenizer = TextTokenizer.fromJson(TinyTokenizer.json(), 8, TWO_SEGMENTS)) {
      String text = "w7 ".repeat(20_000) + "x".repeat(20_000);

      assertThat(tokenizer.tokenize(text, Optional.of(text)).ids())
          .containsExactly(1, 7, 7, 2, 7, 7, 7, 2);
      assertThat(tokenizer.tokenize(text, Optional.empty()).length()).isEqualTo(8);
    }
  }

  @Test
  void pairsAreCutAsTheNativeLibraryCutsThem() throws IOException {
    for (int max = 4; max <= 13; max++) {
      try (TextTokenizer ours = TextTokenizer.fromJson(TinyTokenizer.json(), max, TWO_SEGMENTS);
          HuggingFaceTokenizer theirs =
              HuggingFaceTokenizer.newInstance(
                  new ByteArrayInputStream(TinyTokenizer.json()),
                  Map.of(
                      "padding",
                      "false",
                      "truncation",
                      "longest_first",
                      "maxLength",
                      "" + max,
                      "modelMaxLength",
                      "" + max))) {
        for (int first = 1; first <= 12; first++) {
          for (int second = 1; second <= 12; second++) {
            String text = words(10, first);
            String pair = words(50, second);

            TokenizedText found = ours.tokenize(text, Optional.of(pair));
            Encoding expected = theirs.encode(text, pair, true, false);

            String what = "%d and %d words in %d tokens".formatted(first, second, max);
            assertThat(Arrays.stream(found.ids()).asLongStream().toArray())
                .as(what)
                .isEqualTo(expected.getIds());
            assertThat(Arrays.stream(found.typeIds()).asLongStream().toArray())
                .as(what)
                .isEqualTo(expected.getTypeIds());
          }
        }
      }
    }
  }

  private static String words(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> "w" + i).collect(joining(" "));
  }

  @Test
  void whetherATextsBeginningIsMarkedAndAnyRoomIsLeftIsFoundAtStart() {
    try (TextTokenizer marks = TextTokenizer.fromJson(TinyTokenizer.json(), 4, TWO_SEGMENTS);
        TextTokenizer full = TextTokenizer.fromJson(TinyTokenizer.json(), 3, TWO_SEGMENTS);
        TextTokenizer alone = TextTokenizer.fromJson(TinyTokenizer.json(), 3, ONE_SEGMENT);
        TextTokenizer bare =
            TextTokenizer.fromJson(Tokenizers.withoutPostProcessor(), 4, TWO_SEGMENTS)) {
      assertThat(marks.marksBeginning()).isTrue();
      assertThat(marks.hasRoom()).isTrue();
      assertThat(full.hasRoom()).isFalse();
      assertThat(alone.hasRoom()).isTrue();
      assertThat(bare.marksBeginning()).isFalse();
    }
  }

  private static List<Tokenization> tokenize(TextTokenizer tokenizer, Input... inputs) {
    return tokenizer.tokenize(List.of(inputs), Input::text, Input::pair);
  }

  private static int[] ids(Tokenization result) {
    return ((Tokenization.Tokens) result).text().ids();
  }
}
