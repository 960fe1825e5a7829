package io.millrace.model.block;

import ai.djl.ndarray.NDArray;
import io.millrace.tokenize.TokenMatrix;
import java.util.Arrays;
import java.util.Collection;

/**
 * The rows of the word-embedding table that some texts need, in a small table that a pass reads
 * instead: its gradient is then as small.
 *
 * @param table {@code [n, H]}; row i is that of token {@code vocabulary[i]}
 * @param vocabulary vocabulary ids, ascending, each once
 */
public record WordRows(NDArray table, long[] vocabulary) {

  /** The tokens that occur, ascending, each once. */
  public static long[] vocabularyOf(Collection<TokenMatrix> texts) {
    return texts.stream()
        .flatMapToLong(text -> Arrays.stream(text.ids()))
        .sorted()
        .distinct()
        .toArray();
  }

  /** Row numbers in {@link #table} for vocabulary ids, all of which must be there. */
  public long[] rowsOf(long[] ids) {
    long[] rows = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      rows[i] = Arrays.binarySearch(vocabulary, ids[i]);
    }
    return rows;
  }
}
