package io.millrace.task;

import io.millrace.example.GivenTarget;
import io.millrace.example.OutputSpace;
import io.millrace.example.Target;
import io.millrace.gate.GateRules;
import io.millrace.gate.GateScore;
import io.millrace.input.TargetReader;
import io.millrace.score.Evaluation;
import io.millrace.score.ExampleScore;
import io.millrace.score.ScoredExample;
import io.millrace.score.Temperature;
import java.util.List;
import java.util.Optional;

/**
 * What a model is trained to answer: the one place that knows what a target means. Intake, learner,
 * replay, journal, checkpoints and gate only carry targets and ask here. Immutable, any thread.
 *
 * <p>Every method is a function of its arguments alone: the same log must give the same model.
 */
public interface Task extends TargetReader {

  /** The output space, where it is known before the first example; empty where it is learned. */
  Optional<OutputSpace> outputs();

  /**
   * The output space of these names, as a checkpoint or a version has them.
   *
   * @throws IllegalArgumentException where they are none
   */
  OutputSpace outputs(List<String> names);

  /** What a given target is in this space. */
  Resolution resolve(GivenTarget given, OutputSpace outputs);

  /**
   * Checks what the settings say of the loss.
   *
   * @throws IllegalArgumentException naming setting and rule
   */
  default void check(LossSettings settings) {}

  /** How much each output counts in the loss. */
  default OutputWeights weights(LossSettings settings, OutputSpace outputs) {
    return counts -> OutputWeights.same(outputs.size());
  }

  /** What a step minimises. */
  Loss loss(LossSettings settings);

  /** A target that any model of the task can be tried on, whatever its width. */
  Target probe();

  /**
   * Scores an answer.
   *
   * @param row {@code [outputs]} the model's outputs
   * @param truth may be of an output that was added since, beyond the row
   */
  ScoredExample score(float[] row, Target truth);

  /** What a scored example adds to a comparison. */
  ExampleScore statistics(ScoredExample example);

  /** All scores of a set; undefined values are NaN. */
  Evaluation evaluate(ScoredSet set, OutputSpace outputs);

  /**
   * What outputs are to be divided by so that they mean more.
   *
   * @param least examples that it takes; with fewer there is none
   */
  default Temperature temperature(List<ScoredExample> examples, int least) {
    return Temperature.NONE;
  }

  /**
   * How candidates are judged.
   *
   * @param wanted what the settings ask for, where the task has both
   */
  GateRules gate(GateScore wanted);

  /**
   * What a request is answered.
   *
   * @param row {@code [outputs]} the model's outputs
   * @param names {@code [outputs]} of the version that answers
   * @throws IllegalArgumentException where the row is no answer
   */
  Answer answer(float[] row, List<String> names);
}
