package io.millrace.tokenize;

import java.util.List;

/**
 * The examples of one training step with their padded tokens. Held-out examples are of another
 * type, so the compiler keeps them out of here.
 *
 * @param examples {@code [B]} examples, row by row
 * @param tokens {@code [B, T]} their tokens
 */
public record TokenBatch(List<TokenizedExample> examples, TokenMatrix tokens) {

  public TokenBatch {
    examples = List.copyOf(examples);
  }

  public static TokenBatch of(List<TokenizedExample> examples) {
    return new TokenBatch(
        examples, TokenMatrix.of(examples.stream().map(TokenizedExample::text).toList()));
  }

  /** The number of examples, {@code B}. */
  public int size() {
    return examples.size();
  }

  /** {@code [B]} the groups that the examples count to: label indices. */
  public long[] groups() {
    return examples.stream().mapToLong(example -> example.target().group()).toArray();
  }

  /** {@code [B]} loss weights. */
  public float[] weights() {
    float[] weights = new float[examples.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) examples.get(i).weight();
    }
    return weights;
  }
}
