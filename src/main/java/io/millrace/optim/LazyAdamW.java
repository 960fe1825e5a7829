package io.millrace.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.block.WordRows;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.UpdateOps;
import io.millrace.torch.UpdateOps.AdamWNumbers;
import io.millrace.torch.UpdateOps.Group;
import io.millrace.torch.UpdateOps.Table;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * AdamW on the word-embedding table, of which a batch touches a few hundred rows of tens of
 * thousands. A step takes those rows out, updates them and puts them back; the others miss the step
 * and catch up before they are next read ({@link StepLag}). So gradient, norm, moments and decay
 * cost what the batch's rows cost, and the weights are those of AdamW on the whole table but for
 * rounding.
 *
 * <p>What catches up, and when, depends on batches and step numbers alone, so that equal runs stay
 * equal bit for bit: evaluation and publication read a copy. The table stays the model's and its
 * moments the optimizer's. Training thread only.
 */
public final class LazyAdamW {

  /** Steps after which all rows catch up, at step numbers that are multiples of it. */
  static final int SETTLE_EVERY = 1024;

  private static final int BLOCK = 4096; // rows that catch up at once: what that takes in memory

  private final OptimizedModel model;
  private final AdamW optimizer;
  private final ParameterGroup group;
  private final String name;
  private final Table table;
  private final StepLag lag;

  private LazyAdamW(OptimizedModel model, AdamW optimizer, String words, long step) {
    this.model = model;
    this.optimizer = optimizer;
    this.group =
        model.groups().stream()
            .filter(one -> one.names().contains(words))
            .findFirst()
            .orElseThrow();
    this.name = words;
    this.table = optimizer.table(words);
    TrainingSettings settings = model.settings();
    this.lag =
        new StepLag(
            (int) table.weights().getShape().get(0),
            SETTLE_EVERY,
            settings.beta1(),
            settings.beta2(),
            group.weightDecay(),
            step);
  }

  /**
   * Lazy rows where the model has them. Rows that lag in what was saved lag on; without lazy rows,
   * they all catch up first.
   *
   * @throws IllegalArgumentException where rows lag that can no longer catch up, their moments not
   *     being kept any more
   */
  public static Optional<LazyAdamW> of(
      OptimizedModel model, Optimizer optimizer, StartingPoint start) {
    Optional<String> words = model.words();
    if (words.isPresent() && optimizer instanceof AdamW adamW) {
      LazyAdamW rows = new LazyAdamW(model, adamW, words.get(), start.step());
      start.lazyRows().ifPresent(rows.lag::restore);
      if (model.lazyWords()) {
        return Optional.of(rows);
      }
      rows.settleAll();
    } else if (start.lazyRows().isPresent()) {
      throw new IllegalArgumentException(
          "the checkpoint has word embeddings that AdamW has yet to update: go on with"
              + " millrace.training.optim=adamw and embeddings that are not frozen, or start from a"
              + " published version");
    }
    return Optional.empty();
  }

  public LazyRowsState state() {
    return lag.state();
  }

  /** Brings the rows of these texts up to date, in the table. */
  public void settle(Collection<TokenMatrix> texts) {
    settle(lag.behind(WordRows.vocabularyOf(texts)));
  }

  /** Brings all rows up to date, in the table. */
  void settleAll() {
    settle(lag.behind());
    lag.rebase();
  }

  private void settle(long[] behind) {
    forEachBlock(
        behind, (rows, missed) -> model.operators().catchUp(table, rows, missed, epsilon()));
    lag.settle(behind);
  }

  /** The whole table as it would be by its name, a copy in {@code scope}. */
  public Map<String, NDArray> current(NDManager scope) {
    NDArray copy = table.weights().duplicate();
    copy.attach(scope);
    forEachBlock(
        lag.behind(),
        (rows, missed) -> model.operators().catchUpCopy(copy, table, rows, missed, epsilon()));
    return Map.of(name, copy);
  }

  /** The rows of these texts, up to date, as a table of their own that records gradients. */
  public Taken take(NDManager scope, Collection<TokenMatrix> texts) {
    long[] vocabulary = WordRows.vocabularyOf(texts);
    settle(lag.behind(vocabulary));
    NDArray rows = scope.create(vocabulary);
    Table copy = model.operators().take(table, rows);
    copy.weights().setRequiresGradient(true);
    return new Taken(new WordRows(copy.weights(), vocabulary), rows, copy);
  }

  /** One step on the rows taken, which go back into the table; the others miss it. */
  public void step(Taken taken, NDArray gradient, long step, double rate, double divisor) {
    AdamWNumbers numbers = optimizer.numbers(group, step, rate);
    Table copy = taken.copy();
    UpdateOps operators = model.operators();
    operators.adamW(
        new Group(
            new NDList(copy.weights()),
            new NDList(gradient),
            new NDList(copy.firstMoment()),
            new NDList(copy.secondMoment())),
        numbers,
        divisor);
    operators.put(table, taken.rows(), copy);
    lag.stepped(numbers.learningRate(), taken.words().vocabulary());
    if (step % SETTLE_EVERY == 0) {
      settleAll();
    }
  }

  private double epsilon() {
    return model.settings().epsilon();
  }

  private void forEachBlock(long[] rows, BlockAction action) {
    for (int from = 0; from < rows.length; from += BLOCK) {
      long[] block = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BLOCK));
      try (NDManager scope = model.model().newScope()) {
        float[][] missed = lag.coefficients(block);
        NDArray matrix = scope.create(flat(missed), new Shape(block.length, missed[0].length));
        action.accept(scope.create(block), matrix);
      }
    }
  }

  private static float[] flat(float[][] matrix) {
    int columns = matrix[0].length;
    float[] flat = new float[matrix.length * columns];
    for (int row = 0; row < matrix.length; row++) {
      System.arraycopy(matrix[row], 0, flat, row * columns, columns);
    }
    return flat;
  }

  /**
   * Rows out of the table.
   *
   * @param words for the forward pass
   * @param rows {@code [n]} where they belong
   * @param copy their weights, which are those of {@code words}, and moments
   */
  public record Taken(WordRows words, NDArray rows, Table copy) {}

  @FunctionalInterface
  private interface BlockAction {
    void accept(NDArray rows, NDArray missed);
  }
}
