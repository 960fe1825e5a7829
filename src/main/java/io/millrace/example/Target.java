package io.millrace.example;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;

/**
 * The truth of one example, in the form that its task trains on and scores by. Immutable.
 *
 * <p>Sealed: replay, journal, checkpoints and batches carry a target without knowing the task, and
 * each new form is a deliberate change of what they persist. The behaviour that belongs to a form
 * is the task's.
 */
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
   * Its persisted form: a label is its index, as in every checkpoint so far; values are an array.
   */
  @JsonValue
  JsonNode json();

  /**
   * Reads either form.
   *
   * @throws IllegalArgumentException where it is neither
   */
  @JsonCreator
  static Target of(JsonNode json) {
    if (json.isInt()) {
      return new Label(json.intValue());
    }
    if (!json.isArray()) {
      throw new IllegalArgumentException(
          "a target is an integer or an array, not " + json.getNodeType());
    }
    float[] values = new float[json.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = json.get(i).floatValue();
    }
    return new Values(values);
  }

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

    @Override
    public JsonNode json() {
      return IntNode.valueOf(index);
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
    public JsonNode json() {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(values.length);
      for (float value : values) {
        array.add(value);
      }
      return array;
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
