package io.millrace.promotion;

import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.model.TransformerClassifier;
import io.millrace.score.Evaluation;
import io.millrace.score.ExampleScore;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.version.ModelVersion;
import java.util.List;

/**
 * The current version as the gate sees it: its published weights, read back from its artifact, and
 * what they scored. Owns the model until closed. Training thread only.
 */
public final class Champion implements AutoCloseable {

  private final ModelVersion version;
  private final TransformerClassifier model;
  private final HeldOutEvaluator.FrozenScores scores;

  /** One that has scored nothing yet. */
  public Champion(ModelVersion version, TransformerClassifier model, HeldOutEvaluator evaluator) {
    this(version, model, evaluator.frozen(model::logits));
  }

  /**
   * @param scores the model's
   */
  public Champion(
      ModelVersion version, TransformerClassifier model, HeldOutEvaluator.FrozenScores scores) {
    this.version = version;
    this.model = model;
    this.scores = scores;
  }

  public ModelVersion version() {
    return version;
  }

  /** Scores it on these examples; the model runs only on those that are new to it. */
  public Evaluation evaluate(List<HeldOutExample> examples) {
    return scores.evaluate(examples);
  }

  /** Its single predictions, in the order of the examples. */
  List<ExampleScore> scored(List<HeldOutExample> examples) {
    return scores.scored(examples);
  }

  /** Forgets its predictions on all other examples. */
  void retain(List<HeldOutExample> examples) {
    scores.retain(examples);
  }

  @Override
  public void close() {
    model.close();
  }
}
