package io.millrace.backtest;

import io.millrace.config.PipelineException;
import io.millrace.example.OutputSpace;
import io.millrace.learner.GradientAccumulation;
import io.millrace.step.FineTuner;
import io.millrace.step.StepOutcome;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * A model trained from the base on a fixed set of examples: what is done where nothing is learned
 * from a stream. The service's own fine-tuner, batches and settings; only the order differs, which
 * is drawn anew for each pass. Owns the fine-tuner until closed. One thread.
 */
public final class BatchRun implements AutoCloseable {

  private final FineTuner tuner;
  private final BatchAssembler assembler;
  private final GradientAccumulation plan;
  private final OutputSpace labels;
  private final int chunkExamples;

  /**
   * @param chunkExamples examples within which batches are formed by length
   */
  BatchRun(
      FineTuner tuner,
      BatchAssembler assembler,
      GradientAccumulation plan,
      OutputSpace labels,
      int chunkExamples) {
    this.tuner = tuner;
    this.assembler = assembler;
    this.plan = plan;
    this.labels = labels;
    this.chunkExamples = chunkExamples;
  }

  /**
   * Trains on each example once a pass.
   *
   * @param onExamples told how many more were trained, behind each step
   * @throws PipelineException where a step is refused: no measurement could be made of the rest
   */
  public void train(List<TokenizedExample> examples, int passes, IntConsumer onExamples) {
    Map<String, Long> counts = new HashMap<>();
    examples.forEach(example -> counts.merge(labels.name(example.target().group()), 1L, Long::sum));
    double[] classWeights = plan.classWeights().after(counts);
    List<TokenizedExample> shuffled = new ArrayList<>(examples);
    Random random = new Random(assembler.seed());
    int chunks = 0;
    for (int pass = 0; pass < passes; pass++) {
      Collections.shuffle(shuffled, random);
      for (int from = 0; from < shuffled.size(); from += chunkExamples) {
        int to = Math.min(shuffled.size(), from + chunkExamples);
        List<TokenBatch> batches = assembler.assemble(shuffled.subList(from, to), chunks++);
        for (List<TokenBatch> step : plan.steps(batches)) {
          if (tuner.step(step, classWeights) instanceof StepOutcome.Rejected rejected) {
            throw new PipelineException("training from scratch failed: " + rejected.reason());
          }
          onExamples.accept(step.stream().mapToInt(TokenBatch::size).sum());
        }
      }
    }
  }

  /**
   * Scores texts by the weights as they are, without dropout.
   *
   * @return {@code [B][L]}
   */
  public float[][] logits(TokenMatrix tokens) {
    return tuner.logits(tokens);
  }

  @Override
  public void close() {
    tuner.close();
  }
}
