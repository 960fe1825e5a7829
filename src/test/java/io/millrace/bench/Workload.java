package io.millrace.bench;

import io.millrace.example.RecordPosition;
import io.millrace.example.Target;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The batches of one row of the table.
 *
 * @param data where they come from: {@code random}, or the name of a data set
 * @param warmUp steps before the first measured one
 * @param pairs a batch for each pair of Millrace and limit
 * @param stock batches for each pair of Millrace and stock; none where stock does not run
 */
record Workload(
    String data, List<TokenBatch> warmUp, List<TokenBatch> pairs, List<TokenBatch> stock) {

  static final int BATCH = 32;

  private static final int STOCK_PAIRS = 3;

  /** Most pairs of a row, and most steps before them; fewer for a look. */
  private static final int MOST_PAIRS = Integer.getInteger("millrace.bench.pairs", 40);

  /** Random tokens of one length: no padding, so that all work is counted as tokens. */
  static Workload random(int tokens, int warmUp, int pairs) {
    return new Workload(
        "random",
        batches(tokens, -Math.min(warmUp, MOST_PAIRS), 0),
        batches(tokens, 0, Math.min(pairs, MOST_PAIRS)),
        batches(tokens, 0, Math.min(STOCK_PAIRS, MOST_PAIRS)));
  }

  /** Real texts: the first half of the batches is stock's too. */
  static Workload of(String data, List<TokenBatch> batches) {
    int pairs = Math.min(batches.size(), MOST_PAIRS);
    return new Workload(
        data,
        batches.subList(0, Math.min(2, MOST_PAIRS)),
        batches.subList(0, pairs),
        batches.subList(0, Math.min(batches.size() / 2, MOST_PAIRS)));
  }

  /** Random batches number {@code from} to {@code to}, the latter left out. */
  static List<TokenBatch> batches(int tokens, int from, int to) {
    return IntStream.range(from, to).mapToObj(seed -> batch(tokens, seed)).toList();
  }

  /** Padded length, a mean over the pairs. */
  int meanLength() {
    double sum = pairs.stream().mapToInt(batch -> batch.tokens().paddedTokens()).sum();
    return (int) Math.round(sum / pairs.stream().mapToInt(TokenBatch::size).sum());
  }

  private static TokenBatch batch(int tokens, int seed) {
    Random random = new Random(1000L * tokens + seed);
    List<TokenizedExample> examples = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int[] ids = random.ints(tokens, 1000, 30_000).toArray();
      examples.add(
          new TokenizedExample(
              "random" + i,
              new TokenizedText(ids, new int[tokens]),
              new Target.Label(i % 2),
              1,
              Instant.EPOCH,
              new RecordPosition("bench", 0, i)));
    }
    return TokenBatch.of(examples);
  }
}
