package org.example.regression;

import io.millrace.example.BrokenRuleException;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.GivenTarget;
import io.millrace.example.OutputSpace;
import io.millrace.example.Target;
import io.millrace.gate.GateRules;
import io.millrace.gate.GateScore;
import io.millrace.gate.PairedTest;
import io.millrace.input.Fields;
import io.millrace.score.Evaluation;
import io.millrace.score.ExampleScore;
import io.millrace.score.RegressionScore;
import io.millrace.score.ScoredExample;
import io.millrace.task.Answer;
import io.millrace.task.Loss;
import io.millrace.task.LossSettings;
import io.millrace.task.Resolution;
import io.millrace.task.ScoredSet;
import io.millrace.task.TypedTask;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** One number a text, learned by squared error. */
public final class RegressionTask extends TypedTask<Target.Values, RegressionTask.Scale> {

  /** The one output. */
  record Scale(List<String> names) implements OutputSpace {}

  private static final String FIELD = "value";

  RegressionTask() {
    super(Target.Values.class, Scale.class);
  }

  @Override
  public GivenTarget read(Fields fields) throws BrokenRuleException {
    OptionalDouble value = fields.number(FIELD);
    if (value.isEmpty()) {
      throw new BrokenRuleException(Reason.INVALID_FIELD, "\"value\" is missing");
    }
    return new GivenTarget.Valued(new Target.Values(new float[] {(float) value.getAsDouble()}));
  }

  @Override
  public Optional<OutputSpace> outputs() {
    return Optional.of(new Scale(List.of(FIELD)));
  }

  @Override
  public OutputSpace outputs(List<String> names) {
    return new Scale(names);
  }

  @Override
  public Resolution resolve(GivenTarget given, OutputSpace outputs) {
    return new Resolution.Known(((GivenTarget.Valued) given).target());
  }

  @Override
  public Loss loss(LossSettings settings) {
    return (operators, scope, outputs, batch, weights) -> {
      float[] truths = new float[batch.size()];
      for (int i = 0; i < truths.length; i++) {
        truths[i] = ((Target.Values) batch.examples().get(i).target()).values()[0];
      }
      return outputs
          .flatten()
          .sub(scope.create(truths))
          .square()
          .mul(scope.create(weights.shares(batch.examples())))
          .sum();
    };
  }

  @Override
  public Target probe() {
    return new Target.Values(new float[] {0});
  }

  @Override
  protected ScoredExample scored(float[] row, Target.Values truth) {
    double error = row[0] - truth.values()[0];
    return new ScoredExample(truth, 0, error * error, row.clone());
  }

  @Override
  public ExampleScore statistics(ScoredExample example) {
    return new ExampleScore(example.loss(), new double[] {-example.loss()}, new int[0]);
  }

  @Override
  protected Evaluation evaluated(ScoredSet set, Scale scale) {
    double[] predicted = set.examples().stream().mapToDouble(one -> one.output()[0]).toArray();
    double[] truths = set.examples().stream().mapToDouble(one -> truth(one).values()[0]).toArray();
    RegressionScore score = RegressionScore.of(predicted, truths);
    double mean = Arrays.stream(truths).average().orElse(Double.NaN);
    double variance =
        Arrays.stream(truths)
            .map(truth -> (truth - mean) * (truth - mean))
            .average()
            .orElse(Double.NaN);
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("neg_mean_squared_error", -score.mse());
    measures.put("mean_absolute_error", score.mae());
    measures.put("r2", 1 - score.mse() / variance);
    return Evaluation.ofMeasures(
        score.examples(),
        score.mse(),
        variance,
        set.eventTimes().stream().min(Comparator.naturalOrder()),
        set.eventTimes().stream().max(Comparator.naturalOrder()),
        measures);
  }

  @Override
  public GateRules gate(GateScore wanted) {
    return new GateRules(
        new PairedTest.BoundedMean("squared error decrease", 4),
        "negative mean squared error",
        "the mean");
  }

  @Override
  public Answer answer(float[] row, List<String> names) {
    return new ValueAnswer(row[0]);
  }
}
