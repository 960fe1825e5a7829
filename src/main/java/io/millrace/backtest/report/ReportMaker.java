package io.millrace.backtest.report;

import io.millrace.backtest.BacktestResult;
import io.millrace.backtest.BatchStrategy;
import io.millrace.backtest.EventStream;
import io.millrace.backtest.LeftOut;
import io.millrace.backtest.Measured;
import io.millrace.backtest.PredictionLog;
import io.millrace.backtest.StrategyPlan;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Makes the report of what the arms predicted. */
public record ReportMaker(EventStream stream, BlockBootstrap bootstrap) {

  /** Arms that the service's are compared with. */
  private static final Set<String> REFERENCES =
      Set.of(StrategyPlan.FROZEN, StrategyPlan.FROM_SCRATCH);

  /** With intervals by the default bootstrap. */
  public static StreamReport report(BacktestResult result) {
    return new ReportMaker(result.stream(), BlockBootstrap.DEFAULT).of(result);
  }

  StreamReport of(BacktestResult result) {
    return new StreamReport(
        source(result.file(), result.leftOut()),
        result.complete(),
        StrategyPlan.OURS,
        new StreamReport.Setup(
            result.trainings(),
            BatchStrategy.PASSES,
            bootstrap.block(),
            bootstrap.resamples(),
            bootstrap.seed(),
            result.settings()),
        constant(),
        result.measured().stream().map(this::arm).toList(),
        differences(result.measured()));
  }

  private List<StreamReport.Difference> differences(List<Measured> measured) {
    List<StreamReport.Difference> differences = new ArrayList<>();
    for (Measured ours : measured) {
      for (Measured theirs : measured) {
        if (!REFERENCES.contains(ours.name()) && REFERENCES.contains(theirs.name())) {
          double[] paired = ours.walk().hits().minus(theirs.walk().hits(), stream.start());
          differences.add(
              new StreamReport.Difference(ours.name(), theirs.name(), bootstrap.mean(paired)));
        }
      }
    }
    return differences;
  }

  private StrategyReport arm(Measured measured) {
    PredictionLog hits = measured.walk().hits();
    List<Double> oldest = measured.walk().oldestByTenth();
    return new StrategyReport(
        measured.name(),
        measured.settings(),
        bootstrap.mean(hits.between(stream.start(), stream.size())),
        IntStream.range(0, EventStream.TENTHS)
            .mapToObj(tenth -> hits.between(stream.endOfTenth(tenth), stream.endOfTenth(tenth + 1)))
            .map(bootstrap::mean)
            .toList(),
        measured.walk().heldOut(),
        oldest,
        StrategyReport.forgotten(oldest),
        measured.examplesTrained(),
        measured.publications(),
        measured.driftReactions(),
        measured.seconds());
  }

  private StreamReport.Source source(String file, Map<String, LeftOut> leftOut) {
    List<Instant> times =
        stream.items().stream()
            .map(
                item ->
                    item instanceof EventStream.Item.ToTrain one
                        ? one.example().eventTime()
                        : ((EventStream.Item.ToScore) item).example().eventTime())
            .toList();
    List<HeldOutExample> heldOut = stream.heldOut(0, stream.size());
    return new StreamReport.Source(
        file,
        stream.size(),
        heldOut.size(),
        stream.toTrain(stream.start(), stream.size()).size(),
        stream.labels().names(),
        leftOut,
        times.get(0),
        times.get(times.size() - 1));
  }

  /** What one gets without looking at a text: the label that was most frequent so far. */
  private double constant() {
    long[] counts = new long[stream.labels().size()];
    long right = 0;
    long compared = 0;
    for (TokenizedExample example : stream.toTrain(0, stream.size())) {
      if (example.position().offset() >= stream.start()) {
        compared++;
        right += example.target().group() == mostFrequent(counts) ? 1 : 0;
      }
      counts[example.target().group()]++;
    }
    return compared == 0 ? Double.NaN : (double) right / compared;
  }

  private static int mostFrequent(long[] counts) {
    int best = 0;
    for (int label = 1; label < counts.length; label++) {
      best = counts[label] > counts[best] ? label : best;
    }
    return best;
  }
}
