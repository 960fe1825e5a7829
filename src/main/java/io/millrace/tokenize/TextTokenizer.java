package io.millrace.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.PairList;
import io.millrace.example.LabelledExample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Texts to token ids, by a Hugging Face {@code tokenizer.json}. The file's own truncation and
 * padding are overridden: MiniLM's pads every text to 128 tokens. Thread-safe; owns a native
 * tokenizer until closed.
 */
public final class TextTokenizer implements AutoCloseable {

  private final HuggingFaceTokenizer tokenizer;
  private final int maxLength;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, int maxLength) {
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
  }

  /**
   * @param tokenizerJson the bytes of {@code tokenizer.json}
   * @param maxLength longest result in tokens, special ones included
   * @throws IllegalArgumentException when the bytes are no tokenizer
   */
  public static TextTokenizer fromJson(byte[] tokenizerJson, int maxLength) {
    Map<String, String> options =
        Map.of(
            "padding",
            "false",
            "truncation",
            "longest_first",
            "maxLength",
            Integer.toString(maxLength),
            "modelMaxLength",
            Integer.toString(maxLength));
    try {
      return new TextTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(tokenizerJson), options),
          maxLength);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("tokenizer.json cannot be used: " + e.getMessage(), e);
    }
  }

  public int maxLength() {
    return maxLength;
  }

  /** Tokenizes one text or pair. */
  public TokenizedText tokenize(String text, Optional<String> pair) {
    return pair.map(second -> tokenized(tokenizer.encode(text, second, true, false)))
        .orElseGet(() -> tokenized(tokenizer.encode(text, true, false)));
  }

  /** Tokenizes many at once; see below. */
  public List<TokenizedText> tokenize(List<LabelledExample> examples) {
    return tokenize(examples, LabelledExample::text, LabelledExample::textPair);
  }

  /**
   * Tokenizes many at once, on all cores (the native library's own threads).
   *
   * @param text of an input
   * @param textPair its second text, where it is a pair
   * @return one result per input, in order
   */
  public <T> List<TokenizedText> tokenize(
      List<T> inputs, Function<T, String> text, Function<T, Optional<String>> textPair) {
    List<String> singles = new ArrayList<>();
    PairList<String, String> pairs = new PairList<>();
    for (T input : inputs) {
      textPair
          .apply(input)
          .ifPresentOrElse(
              second -> pairs.add(text.apply(input), second), () -> singles.add(text.apply(input)));
    }
    Encoding[] ofSingles =
        singles.isEmpty() ? new Encoding[0] : tokenizer.batchEncode(singles, true, false);
    Encoding[] ofPairs =
        pairs.isEmpty() ? new Encoding[0] : tokenizer.batchEncode(pairs, true, false);
    List<TokenizedText> tokenized = new ArrayList<>(inputs.size());
    int single = 0;
    int pair = 0;
    for (T input : inputs) {
      tokenized.add(
          tokenized(textPair.apply(input).isPresent() ? ofPairs[pair++] : ofSingles[single++]));
    }
    return tokenized;
  }

  private static TokenizedText tokenized(Encoding encoding) {
    return new TokenizedText(toInts(encoding.getIds()), toInts(encoding.getTypeIds()));
  }

  private static int[] toInts(long[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
