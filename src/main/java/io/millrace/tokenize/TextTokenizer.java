package io.millrace.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.millrace.example.Characters;
import io.millrace.example.LabelledExample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * Texts to token ids, by a Hugging Face {@code tokenizer.json}; the one place for training,
 * held-out, golden and prediction texts, so that all see the same tokens. The file's own truncation
 * and padding are overridden: MiniLM's pads every text to 128 tokens. Thread-safe; owns a native
 * tokenizer until closed.
 */
public final class TextTokenizer implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(TextTokenizer.class);

  /** Fewer are done before other threads have woken up. */
  private static final int WORTH_CORES = 8;

  private static final Tokenization NO_PAIRS =
      new Tokenization.Refused("the base takes no \"text_pair\": its type_vocab_size is 1");
  private static final Tokenization NO_TOKENS =
      new Tokenization.Refused("the base's tokenizer finds no token in it");
  private static final Tokenization FAILED =
      new Tokenization.Refused("the base's tokenizer fails on it");

  /** Cuts by itself. */
  private final HuggingFaceTokenizer ofTexts;

  /** Does not cut, see {@link PairCut}. */
  private final HuggingFaceTokenizer ofPairs;

  private final int maxLength;
  private final BaseCapability base;

  private TextTokenizer(
      HuggingFaceTokenizer ofTexts,
      HuggingFaceTokenizer ofPairs,
      int maxLength,
      BaseCapability base) {
    this.ofTexts = ofTexts;
    this.ofPairs = ofPairs;
    this.maxLength = maxLength;
    this.base = base;
  }

  /** For a base that takes whatever the tokenizer gives. */
  public static TextTokenizer fromJson(byte[] tokenizerJson, int maxLength) {
    return fromJson(tokenizerJson, maxLength, BaseCapability.ANY);
  }

  /**
   * @param tokenizerJson the bytes of {@code tokenizer.json}
   * @param maxLength longest result in tokens, special ones included
   * @param base what the model can read
   * @throws IllegalArgumentException when the bytes are no tokenizer
   */
  public static TextTokenizer fromJson(byte[] tokenizerJson, int maxLength, BaseCapability base) {
    HuggingFaceTokenizer ofTexts =
        load(
            tokenizerJson,
            Map.of(
                "padding",
                "false",
                "truncation",
                "longest_first",
                "maxLength",
                Integer.toString(maxLength),
                "modelMaxLength",
                Integer.toString(maxLength)));
    try {
      return new TextTokenizer(
          ofTexts,
          load(tokenizerJson, Map.of("padding", "false", "truncation", "false")),
          maxLength,
          base);
    } catch (RuntimeException e) {
      ofTexts.close();
      throw e;
    }
  }

  private static HuggingFaceTokenizer load(byte[] tokenizerJson, Map<String, String> options) {
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(tokenizerJson), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("tokenizer.json cannot be used: " + e.getMessage(), e);
    }
  }

  public int maxLength() {
    return maxLength;
  }

  /** Whether the tokens of each text begin with a special one, as {@code [CLS]}. */
  public boolean marksBeginning() {
    long[] special = ofPairs.encode("a", true, false).getSpecialTokenMask();
    return special.length > 0 && special[0] == 1;
  }

  /** Whether {@link #maxLength()} leaves room for a text between the special tokens of a pair. */
  public boolean hasRoom() {
    long special = specialTokens(ofPairs.encode("a", true, false));
    if (base.takesPairs()) {
      special = Math.max(special, specialTokens(ofPairs.encode("a", "a", true, false)));
    }
    return special < maxLength;
  }

  /**
   * Tokenizes one text or pair.
   *
   * @throws IllegalArgumentException naming the rule, where the base cannot read it
   */
  public TokenizedText tokenize(String text, Optional<String> pair) {
    return tokenize(List.of(text), one -> one, one -> pair).get(0).orThrow();
  }

  /** Tokenizes many at once; see below. */
  public List<Tokenization> tokenize(List<LabelledExample> examples) {
    return tokenize(examples, LabelledExample::text, LabelledExample::textPair);
  }

  /**
   * Tokenizes many at once, on all cores. Each goes to the native library by itself: its own
   * batches end the process where it fails on one of their texts.
   *
   * @param text of an input
   * @param textPair its second text, where it is a pair; a blank one is none
   * @return one result per input, in order
   */
  public <T> List<Tokenization> tokenize(
      List<T> inputs, Function<T, String> text, Function<T, Optional<String>> textPair) {
    IntStream places = IntStream.range(0, inputs.size());
    return (inputs.size() < WORTH_CORES ? places : places.parallel())
        .mapToObj(i -> one(text.apply(inputs.get(i)), textPair.apply(inputs.get(i))))
        .toList();
  }

  private Tokenization one(String text, Optional<String> textPair) {
    Optional<String> pair = textPair.filter(second -> !Characters.isBlank(second));
    if (pair.isPresent() && !base.takesPairs()) {
      return NO_PAIRS;
    }
    try {
      return checked(
          pair.isPresent()
              ? ofPairs.encode(text, pair.get(), true, false)
              : ofTexts.encode(text, true, false));
    } catch (RuntimeException e) {
      LOG.debugf("the tokenizer fails on a text: %s", e.getClass().getName()); // it may be quoted
      return FAILED;
    }
  }

  private Tokenization checked(Encoding encoding) {
    if (encoding.getIds().length == specialTokens(encoding)) {
      return NO_TOKENS;
    }
    TokenizedText text = PairCut.cut(encoding, maxLength);
    for (int id : text.ids()) {
      if (id < 0 || id >= base.vocabSize()) {
        return new Tokenization.Refused(
            "the base's tokenizer gives the token id %d, its vocab_size is %d"
                .formatted(id, base.vocabSize()));
      }
    }
    for (int id : text.typeIds()) {
      if (id < 0 || id >= base.segments()) {
        return new Tokenization.Refused(
            "the base's tokenizer gives the segment id %d, its type_vocab_size is %d"
                .formatted(id, base.segments()));
      }
    }
    return new Tokenization.Tokens(text);
  }

  private static long specialTokens(Encoding encoding) {
    long special = 0;
    for (long one : encoding.getSpecialTokenMask()) {
      special += one;
    }
    return special;
  }

  @Override
  public void close() {
    ofTexts.close();
    ofPairs.close();
  }
}
