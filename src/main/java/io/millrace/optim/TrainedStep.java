package io.millrace.optim;

import io.millrace.example.RecordPosition;
import io.millrace.task.OutputWeights;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * What a step that moved the weights was trained on. The type of its examples keeps held-out ones
 * out. Immutable.
 *
 * @param batches the examples of each pass, replayed ones included, refused ones left out
 * @param classWeights {@code [L]}, see {@link OutputWeights}
 */
public record TrainedStep(List<List<TokenizedExample>> batches, List<Double> classWeights) {

  public TrainedStep {
    batches = batches.stream().map(List::copyOf).toList();
    classWeights = List.copyOf(classWeights);
  }

  public static TrainedStep of(List<TokenBatch> batches, double[] classWeights) {
    return new TrainedStep(
        batches.stream().map(TokenBatch::examples).toList(),
        DoubleStream.of(classWeights).boxed().toList());
  }

  /** Without the examples that stand at these positions; empty where none is left. */
  public Optional<TrainedStep> without(Set<RecordPosition> positions) {
    List<List<TokenizedExample>> left =
        batches.stream()
            .map(
                batch -> batch.stream().filter(one -> !positions.contains(one.position())).toList())
            .filter(batch -> !batch.isEmpty())
            .toList();
    return left.isEmpty() ? Optional.empty() : Optional.of(new TrainedStep(left, classWeights));
  }

  /** With labels added that it has no example of. */
  TrainedStep withLabels(int labels) {
    List<Double> weights = new ArrayList<>(classWeights);
    weights.addAll(Collections.nCopies(labels - weights.size(), 1.0));
    return new TrainedStep(batches, weights);
  }
}
