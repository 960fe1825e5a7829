package io.millrace.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.PairList;
import io.millrace.example.Characters;
import io.millrace.example.LabelledExample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Texts to token ids, by a Hugging Face {@code tokenizer.json}; the one place for training,
 * held-out, golden and prediction texts, so that all see the same tokens. The file's own truncation
 * and padding are overridden: MiniLM's pads every text to 128 tokens. Thread-safe; owns a native
 * tokenizer until closed.
 */
public final class TextTokenizer implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(TextTokenizer.class);

  private static final Tokenization NO_PAIRS =
      new Tokenization.Refused("the base takes no \"text_pair\": its type_vocab_size is 1");
  private static final Tokenization NO_TOKENS =
      new Tokenization.Refused("the base's tokenizer finds no token in it");
  private static final Tokenization FAILED =
      new Tokenization.Refused("the base's tokenizer fails on it");

  private final HuggingFaceTokenizer tokenizer;
  private final int maxLength;
  private final BaseCapability base;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, int maxLength, BaseCapability base) {
    this.tokenizer = tokenizer;
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
          maxLength,
          base);
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
    long[] special = tokenizer.encode("a", true, false).getSpecialTokenMask();
    return special.length > 0 && special[0] == 1;
  }

  /** Whether {@link #maxLength()} leaves room for a text between the special tokens of a pair. */
  public boolean hasRoom() {
    long special = specialTokens(tokenizer.encode("a", true, false));
    if (base.takesPairs()) {
      special = Math.max(special, specialTokens(tokenizer.encode("a", "a", true, false)));
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
   * Tokenizes many at once, on all cores (the native library's own threads). One that the tokenizer
   * fails on is refused without the others.
   *
   * @param text of an input
   * @param textPair its second text, where it is a pair; a blank one is none
   * @return one result per input, in order
   */
  public <T> List<Tokenization> tokenize(
      List<T> inputs, Function<T, String> text, Function<T, Optional<String>> textPair) {
    List<String> singles = new ArrayList<>();
    PairList<String, String> pairs = new PairList<>();
    List<Optional<String>> seconds = new ArrayList<>(inputs.size());
    for (T input : inputs) {
      Optional<String> second = textPair.apply(input).filter(value -> !Characters.isBlank(value));
      seconds.add(second);
      if (second.isEmpty()) {
        singles.add(text.apply(input));
      } else if (base.takesPairs()) {
        pairs.add(text.apply(input), second.get());
      }
    }
    List<Tokenization> ofSingles = singles(singles);
    List<Tokenization> ofPairs = pairs(pairs);
    List<Tokenization> tokenized = new ArrayList<>(inputs.size());
    int single = 0;
    int pair = 0;
    for (Optional<String> second : seconds) {
      if (second.isEmpty()) {
        tokenized.add(ofSingles.get(single++));
      } else {
        tokenized.add(base.takesPairs() ? ofPairs.get(pair++) : NO_PAIRS);
      }
    }
    return tokenized;
  }

  private List<Tokenization> singles(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    try {
      return checked(tokenizer.batchEncode(texts, true, false));
    } catch (RuntimeException e) {
      return texts.stream().map(one -> alone(() -> tokenizer.encode(one, true, false))).toList();
    }
  }

  private List<Tokenization> pairs(PairList<String, String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    try {
      return checked(tokenizer.batchEncode(texts, true, false));
    } catch (RuntimeException e) {
      return texts.stream()
          .map(one -> alone(() -> tokenizer.encode(one.getKey(), one.getValue(), true, false)))
          .toList();
    }
  }

  /** The native library fails with a batch as a whole, so the one it fails on is looked for. */
  private Tokenization alone(Supplier<Encoding> encode) {
    try {
      return checked(encode.get());
    } catch (RuntimeException e) {
      LOG.debugf("the tokenizer fails on a text: %s", e.getClass().getName()); // it may be quoted
      return FAILED;
    }
  }

  private List<Tokenization> checked(Encoding[] encodings) {
    List<Tokenization> all = new ArrayList<>(encodings.length);
    for (Encoding encoding : encodings) {
      all.add(checked(encoding));
    }
    return all;
  }

  private Tokenization checked(Encoding encoding) {
    long[] ids = encoding.getIds();
    if (ids.length == specialTokens(encoding)) {
      return NO_TOKENS;
    }
    for (long id : ids) {
      if (id < 0 || id >= base.vocabSize()) {
        return new Tokenization.Refused(
            "the base's tokenizer gives the token id %d, its vocab_size is %d"
                .formatted(id, base.vocabSize()));
      }
    }
    for (long id : encoding.getTypeIds()) {
      if (id < 0 || id >= base.segments()) {
        return new Tokenization.Refused(
            "the base's tokenizer gives the segment id %d, its type_vocab_size is %d"
                .formatted(id, base.segments()));
      }
    }
    return new Tokenization.Tokens(new TokenizedText(toInts(ids), toInts(encoding.getTypeIds())));
  }

  private static long specialTokens(Encoding encoding) {
    long special = 0;
    for (long one : encoding.getSpecialTokenMask()) {
      special += one;
    }
    return special;
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
