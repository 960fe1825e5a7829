package io.millrace.task.label;

import io.millrace.example.BrokenRuleException;
import io.millrace.example.Characters;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.GivenTarget;
import io.millrace.example.LabelRules;
import io.millrace.example.LabelSet;
import io.millrace.example.OutputSpace;
import io.millrace.example.Target;
import io.millrace.gate.GateRules;
import io.millrace.gate.GateScore;
import io.millrace.gate.PairedTest;
import io.millrace.input.Fields;
import io.millrace.input.LabelSettings;
import io.millrace.input.UnknownLabel;
import io.millrace.score.Evaluation;
import io.millrace.score.ExampleScore;
import io.millrace.score.Prediction;
import io.millrace.score.Scored;
import io.millrace.score.ScoredExample;
import io.millrace.score.Scorer;
import io.millrace.score.Temperature;
import io.millrace.task.Answer;
import io.millrace.task.Loss;
import io.millrace.task.LossSettings;
import io.millrace.task.OutputWeights;
import io.millrace.task.Resolution;
import io.millrace.task.ScoredSet;
import io.millrace.task.TypedTask;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Single-label classification: a text has one of a set of labels. The outputs are logits, the loss
 * is a cross-entropy in nats, the headline is the accuracy.
 */
public final class LabelTask extends TypedTask<Target.Label, LabelSet> {

  /** Characters of a list that a message shows. */
  private static final int SHOWN = 200;

  /** Of one example, nats: from 88% given to the truth to 12%. */
  private static final double LOSS_LIMIT = 2;

  private final LabelSettings settings;
  private final LabelRules rules;

  public LabelTask(LabelSettings settings) {
    super(Target.Label.class, LabelSet.class);
    this.settings = settings;
    this.rules = new LabelRules(settings.maxCharacters());
  }

  @Override
  public void refuseOtherTasks(Fields fields) throws BrokenRuleException {
    for (String field : new String[] {"labels", "tags", "tokens"}) {
      if (fields.has(field)) {
        throw new BrokenRuleException(
            Reason.UNSUPPORTED_TASK,
            "\"" + field + "\" belongs to a task other than single-label classification");
      }
    }
  }

  @Override
  public GivenTarget read(Fields fields) throws BrokenRuleException {
    return new GivenTarget.Named(rules.label(fields.name("label")));
  }

  /** As the settings name them. */
  @Override
  public Optional<OutputSpace> outputs() {
    if (settings.names().isEmpty()) {
      return Optional.empty();
    }
    List<String> names = settings.names().get();
    try {
      return Optional.of(rules.configured(names));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "millrace.labels.names = %s: %s"
              .formatted(Characters.cut(String.join(",", names), SHOWN), e.getMessage()),
          e);
    }
  }

  @Override
  public LabelSet outputs(List<String> names) {
    return new LabelSet(names);
  }

  @Override
  public Resolution resolve(GivenTarget given, OutputSpace outputs) {
    LabelSet labels = (LabelSet) outputs;
    String name = ((GivenTarget.Named) given).name();
    OptionalInt known = labels.indexOf(name);
    return known.isPresent()
        ? new Resolution.Known(new Target.Label(known.getAsInt()))
        : unknown(name, labels, settings.unknown());
  }

  private static Resolution unknown(String name, LabelSet labels, UnknownLabel policy) {
    return switch (policy) {
      case DEAD_LETTER ->
          new Resolution.Refused(Reason.UNKNOWN_LABEL, "\"label\" is none of " + labels.summary());
      case GROW -> new Resolution.Grows(name, Target.Label::new);
      case REFUSE ->
          new Resolution.Stops(
              position ->
                  "the label of record %s is none of %s, and millrace.labels.unknown is refuse: nothing behind it is read. Let it be dead-letter or grow, or mend the producer and begin with another millrace.model.name"
                      .formatted(position, labels.summary()));
    };
  }

  @Override
  public void check(LossSettings loss) {
    Optional<OutputSpace> labels = outputs();
    if (labels.isPresent()) {
      OutputWeights unused = weights(loss, labels.get());
    } else {
      ClassWeights.check(loss.classWeights());
    }
  }

  @Override
  public OutputWeights weights(LossSettings loss, OutputSpace outputs) {
    return ClassWeights.of(loss.classWeights(), (LabelSet) outputs);
  }

  @Override
  public Loss loss(LossSettings loss) {
    return LabelLoss.of(loss);
  }

  @Override
  public Target probe() {
    return new Target.Label(0);
  }

  @Override
  protected ScoredExample scored(float[] row, Target.Label truth) {
    Prediction prediction = Prediction.of(row, truth.index());
    Scored scored = prediction.scored();
    return new ScoredExample(truth, scored.predicted(), scored.loss(), prediction.probabilities());
  }

  @Override
  public ExampleScore statistics(ScoredExample example) {
    int label = truth(example).index();
    return new ExampleScore(
        example.loss(), new double[] {label == example.predicted() ? 1 : 0}, new int[] {label});
  }

  @Override
  protected Evaluation evaluated(ScoredSet set, LabelSet labels) {
    return Scorer.evaluation(predictions(set.examples()), set.eventTimes(), set.slices(), labels);
  }

  @Override
  public Temperature temperature(List<ScoredExample> examples, int least) {
    return Temperature.fit(predictions(examples), least);
  }

  private List<Prediction> predictions(List<ScoredExample> examples) {
    return examples.stream()
        .map(
            one ->
                new Prediction(
                    new Scored(truth(one).index(), one.predicted(), one.loss()), one.output()))
        .toList();
  }

  @Override
  public GateRules gate(GateScore wanted) {
    return new GateRules(
        switch (wanted) {
          case ACCURACY -> new PairedTest.ExactCounts("accuracy");
          case LOG_LOSS -> new PairedTest.BoundedMean("loss decrease", LOSS_LIMIT);
        },
        "accuracy",
        "the class frequencies");
  }

  @Override
  public Answer answer(float[] row, List<String> names) {
    return LabelAnswer.of(names, row);
  }
}
