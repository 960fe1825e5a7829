package io.millrace.tokenize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Forms batches by length within a chunk, under a budget of examples and of tokens with padding. A
 * pure function of the chunk, its number and the seed, so that the same log gives the same batches.
 * Immutable, any thread.
 *
 * @param maxExamples most examples of a batch
 * @param maxTokens most padded tokens of a batch; one text longer than that stands alone
 * @param seed of the order in which a chunk's batches are trained
 */
public record BatchAssembler(int maxExamples, int maxTokens, long seed) {

  /** Every example of the chunk is in exactly one batch. */
  public List<TokenBatch> assemble(List<TokenizedExample> chunk, long chunkNumber) {
    List<TokenizedExample> byLength = new ArrayList<>(chunk);
    // A stable sort: equal lengths keep the order of the log.
    byLength.sort(Comparator.comparingInt(example -> example.text().length()));
    List<TokenBatch> batches = new ArrayList<>();
    List<TokenizedExample> open = new ArrayList<>();
    int remaining = byLength.size();
    for (TokenizedExample example : byLength) {
      if (!open.isEmpty() && !fits(open.size(), example, remaining)) {
        batches.add(TokenBatch.of(open));
        remaining -= open.size();
        open = new ArrayList<>();
      }
      open.add(example);
    }
    if (!open.isEmpty()) {
      batches.add(TokenBatch.of(open));
    }
    // Short and long texts alternate in time: always going from short to long would be a curriculum
    // that nobody asked for.
    Collections.shuffle(batches, new Random(seed * 31 + chunkNumber));
    return batches;
  }

  private boolean fits(int size, TokenizedExample next, int remaining) {
    // The rest is shared evenly: 45 examples make 23 + 22, not 32 + 13, as each step counts the
    // same.
    int even = ceilDiv(remaining, ceilDiv(remaining, maxExamples));
    return size < even && (size + 1) * next.text().length() <= maxTokens;
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
