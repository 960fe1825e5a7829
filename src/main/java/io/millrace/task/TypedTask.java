package io.millrace.task;

import io.millrace.example.OutputSpace;
import io.millrace.example.Target;
import io.millrace.score.Evaluation;
import io.millrace.score.ScoredExample;

/**
 * A task of one form of target, in one form of output space: casts are here and nowhere else.
 *
 * @param <Y> the form of its targets
 * @param <S> the form of its output space
 */
public abstract class TypedTask<Y extends Target, S extends OutputSpace> implements Task {

  private final Class<Y> targets;
  private final Class<S> spaces;

  protected TypedTask(Class<Y> targets, Class<S> spaces) {
    this.targets = targets;
    this.spaces = spaces;
  }

  @Override
  public final ScoredExample score(float[] row, Target truth) {
    return scored(row, targets.cast(truth));
  }

  @Override
  public final Evaluation evaluate(ScoredSet set, OutputSpace outputs) {
    return evaluated(set, spaces.cast(outputs));
  }

  /** See {@link Task#score}. */
  protected abstract ScoredExample scored(float[] row, Y truth);

  /** See {@link Task#evaluate}. */
  protected abstract Evaluation evaluated(ScoredSet set, S outputs);

  /** The truth of an example of this task. */
  protected final Y truth(ScoredExample example) {
    return targets.cast(example.truth());
  }
}
