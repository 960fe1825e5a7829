package io.millrace.example;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.Arrays;

/**
 * The truth of one example, in the form that its task trains on and scores by. Immutable.
 *
 * <p>Sealed: replay, journal, checkpoints and batches carry a target without knowing the task, and
 * each new form is a deliberate change of what they persist. The behaviour that belongs to a form
 * is the task's.
 */
@JsonSerialize(using = TargetJson.Writer.class)
@JsonDeserialize(using = TargetJson.Reader.class)
public sealed interface Target {

  /**
   * The group that a class-balanced selection counts the example to, from 0: its label, or 0 where
   * the task has no classes.
   */
  int group();

  /**
   * Whether a model with so many outputs has this target.
   *
   * @param outputs the width of the model's head
   */
  boolean fits(int outputs);

  /**
   * One class of several.
   *
   * @param index the class's index in the output space
   */
  record Label(int index) implements Target {

    @Override
    public int group() {
      return index;
    }

    @Override
    public boolean fits(int outputs) {
      return index >= 0 && index < outputs;
    }
  }

  /**
   * Numbers, one for each output.
   *
   * @param values {@code [outputs]}, all finite; never changed after construction
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by its numbers, see below
  record Values(float[] values) implements Target {

    @Override
    public int group() {
      return 0;
    }

    @Override
    public boolean fits(int outputs) {
      return values.length == outputs;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Values that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return "Values" + Arrays.toString(values);
    }
  }
}
