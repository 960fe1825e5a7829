package io.millrace.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;

/**
 * The operators that change weights in place: what an optimizer is made of. None records for
 * gradients. One thread, the owner of the weights, calls them.
 */
public final class UpdateOps {

  private final TorchScriptModule module;

  UpdateOps(TorchScriptModule module) {
    this.module = module;
  }

  /**
   * A loss and the global norm of its gradients, read from the device at once.
   *
   * @param gradients all of them, whatever group they belong to
   */
  public LossAndNorm lossAndNorm(NDArray loss, NDList gradients) {
    double[] both = module.numbers("loss_and_norm", value(loss), values(gradients));
    return new LossAndNorm(both[0], both[1]);
  }

  /**
   * Moves arrays towards others in place, {@code array += weight * (target - array)}.
   *
   * @param arrays what moves, aligned with {@code targets} by index
   * @param weight 0 for nowhere, 1 for all the way
   */
  public void lerp(NDList arrays, NDList targets, double weight) {
    module.run("lerp", values(arrays), values(targets), IValue.from(weight));
  }

  /** Adds arrays to others of their shapes, aligned by index. */
  public void addInPlace(NDList sums, NDList addends) {
    module.run("add_in_place", values(sums), values(addends));
  }

  /**
   * One step of AdamW (Loshchilov and Hutter, arXiv:1711.05101) on one group.
   *
   * @param divisor what gradients are divided by, to clip them; 1 for none
   */
  public void adamW(Group group, AdamWNumbers numbers, double divisor) {
    module.run(
        "adamw",
        values(group.parameters()),
        values(group.gradients()),
        values(group.firstMoments()),
        values(group.secondMoments()),
        IValue.from((double) numbers.step()),
        IValue.from(numbers.learningRate()),
        IValue.from(numbers.beta1()),
        IValue.from(numbers.beta2()),
        IValue.from(numbers.epsilon()),
        IValue.from(numbers.weightDecay()),
        IValue.from(divisor));
  }

  /**
   * One step of SGD with momentum (Polyak 1964, as in {@code torch.optim.SGD}) on one group, whose
   * first moments are the momentum; second moments are not used.
   *
   * @param weightDecay coupled: added to the gradient, times the weight
   * @param divisor what gradients are divided by, to clip them; 1 for none
   */
  public void sgd(
      Group group, double learningRate, double momentum, double weightDecay, double divisor) {
    module.run(
        "sgd",
        values(group.parameters()),
        values(group.gradients()),
        values(group.firstMoments()),
        IValue.from(learningRate),
        IValue.from(momentum),
        IValue.from(weightDecay),
        IValue.from(divisor));
  }

  /**
   * Catches up rows of a table that have missed steps of AdamW with a gradient of 0.
   *
   * @param table weights and moments {@code [V, H]}
   * @param rows {@code [n]} int64, each once
   * @param lag {@code [n, 3 + 2 S]}: factors of weight, first and second moment, then for each of S
   *     segments of the steps missed the sum of its rates and the factor of the root of the second
   *     moment
   */
  public void catchUp(Table table, NDArray rows, NDArray lag, double epsilon) {
    catchUp(table.weights(), table, rows, lag, epsilon, true);
  }

  /** Catches up rows in a copy {@code [V, H]} of the table's weights; the table stays as it is. */
  public void catchUpCopy(NDArray copy, Table table, NDArray rows, NDArray lag, double epsilon) {
    catchUp(copy, table, rows, lag, epsilon, false);
  }

  private void catchUp(
      NDArray weights, Table table, NDArray rows, NDArray lag, double epsilon, boolean moments) {
    module.run(
        "catch_up",
        value(weights),
        value(table.firstMoment()),
        value(table.secondMoment()),
        value(rows),
        value(lag),
        IValue.from(epsilon),
        IValue.from(moments));
  }

  /** A copy {@code [n, H]} of some rows, in the rows' manager. */
  public Table take(Table table, NDArray rows) {
    NDList tables = new NDList(table.weights(), table.firstMoment(), table.secondMoment());
    try (GradMode off = GradMode.off()) {
      // Not through run(): what that returns may never record gradients.
      NDList taken = module.callWithList("take_rows", tables, rows);
      return new Table(taken.get(0), taken.get(1), taken.get(2));
    }
  }

  /** Puts a copy of some rows back. */
  public void put(Table table, NDArray rows, Table copy) {
    module.run(
        "put_rows",
        value(rows),
        value(table.weights()),
        value(table.firstMoment()),
        value(table.secondMoment()),
        value(copy.weights()),
        value(copy.firstMoment()),
        value(copy.secondMoment()));
  }

  private static IValue value(NDArray array) {
    return IValue.from((PtNDArray) array);
  }

  private static IValue values(NDList arrays) {
    return IValue.listFrom(arrays.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
  }

  /**
   * What one group of a step reads and writes, aligned by index.
   *
   * @param parameters the weights
   * @param gradients their gradients, spent by the step
   * @param firstMoments running means of the gradients, or momentum
   * @param secondMoments running means of their squares; empty where there are none
   */
  public record Group(
      NDList parameters, NDList gradients, NDList firstMoments, NDList secondMoments) {}

  /**
   * A matrix under AdamW.
   *
   * @param weights {@code [V, H]}
   * @param firstMoment {@code [V, H]}
   * @param secondMoment {@code [V, H]}
   */
  public record Table(NDArray weights, NDArray firstMoment, NDArray secondMoment) {}

  /**
   * AdamW's numbers for one step of one group.
   *
   * @param step the step's number, from 1, for the correction of the moments' bias
   * @param learningRate the rate
   * @param beta1 decay of the first moments
   * @param beta2 decay of the second moments
   * @param epsilon added to the root of the second moments
   * @param weightDecay decoupled decay, times the rate
   */
  public record AdamWNumbers(
      long step,
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay) {}

  /**
   * What decides whether a step is applied.
   *
   * @param loss the loss
   * @param gradNorm the gradients' global norm before clipping
   */
  public record LossAndNorm(double loss, double gradNorm) {

    public boolean isFinite() {
      return Double.isFinite(loss) && Double.isFinite(gradNorm);
    }
  }
}
