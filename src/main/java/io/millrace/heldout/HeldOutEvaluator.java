package io.millrace.heldout;

import io.millrace.example.OutputSpace;
import io.millrace.score.Evaluation;
import io.millrace.score.ExampleScore;
import io.millrace.score.ScoredExample;
import io.millrace.score.Temperature;
import io.millrace.task.ScoredSet;
import io.millrace.task.Task;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedText;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Scores a model on held-out examples, batched by length. A frozen model gives the same text the
 * same logits for ever, so with {@link #frozen} each example costs it one forward pass only.
 */
public final class HeldOutEvaluator {

  private final Task task;
  private final int batchExamples;
  private final Supplier<? extends OutputSpace> outputs;

  /**
   * @param batchExamples texts per forward pass
   * @param outputs the output space at the time, which may grow
   */
  public HeldOutEvaluator(Task task, int batchExamples, Supplier<? extends OutputSpace> outputs) {
    this.task = task;
    this.batchExamples = batchExamples;
    this.outputs = outputs;
  }

  /** What the examples are scored by. */
  public Task task() {
    return task;
  }

  /**
   * Scores now.
   *
   * @param model tokens {@code [B, T]} to logits {@code [B, L]}
   */
  public Evaluation evaluate(
      List<HeldOutExample> examples, Function<TokenMatrix, float[][]> model) {
    return new FrozenScores(model).evaluate(examples);
  }

  /** A scorer that remembers, for a model whose weights no longer change. */
  public FrozenScores frozen(Function<TokenMatrix, float[][]> model) {
    return new FrozenScores(model);
  }

  /**
   * The same, for a model that has the weights of another and knows what that one scored.
   *
   * @param same the other's, which nobody uses any more
   */
  public FrozenScores frozen(Function<TokenMatrix, float[][]> model, FrozenScores same) {
    FrozenScores scores = new FrozenScores(model);
    scores.known.putAll(same.known);
    return scores;
  }

  /** The scores of one frozen model. One thread at a time. */
  public final class FrozenScores {

    private final Function<TokenMatrix, float[][]> model;
    private final Map<TokenizedText, ScoredExample> known = new HashMap<>();

    private FrozenScores(Function<TokenMatrix, float[][]> model) {
      this.model = model;
    }

    /** Scores the examples, running the model only on those it has not seen lately. */
    public Evaluation evaluate(List<HeldOutExample> examples) {
      return task.evaluate(
          new ScoredSet(
              predictions(examples),
              examples.stream().map(HeldOutExample::eventTime).toList(),
              examples.stream().map(HeldOutExample::slice).toList()),
          outputs.get());
    }

    /** Forgets all but these, which may come again. */
    public void retain(List<HeldOutExample> examples) {
      // Keyed by the token arrays' identity: records of arrays compare by reference.
      Set<TokenizedText> texts =
          examples.stream().map(HeldOutExample::text).collect(Collectors.toSet());
      known.keySet().retainAll(texts);
    }

    private void addUnseen(List<HeldOutExample> examples) {
      List<HeldOutExample> unseen =
          examples.stream()
              .filter(example -> !known.containsKey(example.text()))
              .sorted(Comparator.comparingInt(example -> example.text().length()))
              .toList();
      for (int from = 0; from < unseen.size(); from += batchExamples) {
        score(unseen.subList(from, Math.min(from + batchExamples, unseen.size())), known);
      }
    }

    /** The single predictions on examples of the last calls, in the order of these. */
    public List<ExampleScore> scored(List<HeldOutExample> examples) {
      return predictions(examples).stream().map(task::statistics).toList();
    }

    /**
     * The temperature at which the model's loss on these is lowest.
     *
     * @param least examples that it takes; with fewer there is none
     */
    public Temperature temperature(List<HeldOutExample> examples, int least) {
      return task.temperature(predictions(examples), least);
    }

    private List<ScoredExample> predictions(List<HeldOutExample> examples) {
      addUnseen(examples);
      return examples.stream().map(example -> known.get(example.text())).toList();
    }

    private void score(List<HeldOutExample> batch, Map<TokenizedText, ScoredExample> scores) {
      float[][] logits =
          model.apply(TokenMatrix.of(batch.stream().map(HeldOutExample::text).toList()));
      IntStream.range(0, batch.size())
          .forEach(
              row ->
                  scores.put(
                      batch.get(row).text(), task.score(logits[row], batch.get(row).target())));
    }
  }
}
