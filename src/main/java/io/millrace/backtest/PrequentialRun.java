package io.millrace.backtest;

import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.score.Scored;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An arm's way along a stream: each example is predicted before anything behind or beside it in its
 * chunk was learned from (Dawid 1984).
 *
 * @param hits what it predicted
 * @param oldestByTenth accuracy on the oldest tenth of the held-out examples behind each tenth of
 *     the stream; NaN before there is a model
 * @param heldOut accuracy on all held-out examples at the end
 */
public record PrequentialRun(PredictionLog hits, List<Double> oldestByTenth, double heldOut) {

  public PrequentialRun {
    oldestByTenth = List.copyOf(oldestByTenth);
  }

  /**
   * Goes all the way.
   *
   * @param batchExamples texts of one forward pass
   */
  static PrequentialRun of(Strategy arm, EventStream stream, int batchExamples) throws IOException {
    HeldOutEvaluator evaluator = new HeldOutEvaluator(stream.task(), batchExamples, stream::labels);
    List<HeldOutExample> oldest = stream.oldestHeldOut();
    List<Double> oldestByTenth = new ArrayList<>();
    PredictionLog hits = new PredictionLog(stream.size());
    int learned = 0;
    int place = 0;
    while (place < stream.size()) {
      int stop = arm.nextStop(learned);
      int tenth = stream.endOfTenth(oldestByTenth.size() + 1);
      int end = Math.min(stop, tenth);
      if (arm.hasModel()) {
        predict(arm, stream.toTrain(place, end), batchExamples, hits);
      }
      place = end;
      if (place == stop) {
        arm.learn(learned, place);
        learned = place;
      }
      if (place == tenth) {
        oldestByTenth.add(accuracy(arm, evaluator, oldest));
      }
    }
    return new PrequentialRun(
        hits, oldestByTenth, accuracy(arm, evaluator, stream.heldOut(0, stream.size())));
  }

  private static void predict(
      Strategy arm, List<TokenizedExample> examples, int batchExamples, PredictionLog hits) {
    List<TokenizedExample> byLength =
        examples.stream()
            .sorted(Comparator.comparingInt(example -> example.text().length()))
            .toList();
    for (int from = 0; from < byLength.size(); from += batchExamples) {
      List<TokenizedExample> batch =
          byLength.subList(from, Math.min(byLength.size(), from + batchExamples));
      float[][] logits =
          arm.logits(TokenMatrix.of(batch.stream().map(TokenizedExample::text).toList()));
      for (int row = 0; row < logits.length; row++) {
        TokenizedExample example = batch.get(row);
        hits.set(
            Math.toIntExact(example.position().offset()),
            Scored.of(logits[row], example.target().group()).correct());
      }
    }
  }

  private static double accuracy(
      Strategy arm, HeldOutEvaluator evaluator, List<HeldOutExample> examples) {
    return arm.hasModel() ? evaluator.evaluate(examples, arm::logits).accuracy() : Double.NaN;
  }
}
