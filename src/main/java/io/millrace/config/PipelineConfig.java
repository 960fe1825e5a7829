package io.millrace.config;

import io.millrace.checkpoint.CheckpointSettings;
import io.millrace.drift.DriftSettings;
import io.millrace.gate.PublicationSettings;
import io.millrace.heldout.EvaluationSettings;
import io.millrace.identity.AcceptSettings;
import io.millrace.identity.Accepted;
import io.millrace.input.ExampleSettings;
import io.millrace.input.InputTopics;
import io.millrace.input.LabelSettings;
import io.millrace.input.UnknownLabel;
import io.millrace.model.ModelSettings;
import io.millrace.optim.LearningRateSchedule;
import io.millrace.optim.TrainingSettings;
import io.millrace.replay.ReplaySettings;
import io.millrace.task.Task;
import io.millrace.task.Tasks;
import io.millrace.tokenize.BatchSettings;
import io.millrace.tokenize.TokenizeSettings;
import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of every feature, as the loop needs them. Immutable.
 *
 * @param inputs the topics that are read
 */
public record PipelineConfig(
    ModelSettings model,
    LabelSettings labels,
    ExampleSettings example,
    TokenizeSettings tokenize,
    BatchSettings batch,
    TrainingSettings training,
    ReplaySettings replay,
    EvaluationSettings evaluation,
    DriftSettings drift,
    PublicationSettings publication,
    CheckpointSettings checkpoint,
    PipelineSettings pipeline,
    AcceptSettings accept,
    InputTopics inputs) {

  /** The mappings that {@link #of} needs. */
  public static final List<Class<?>> MAPPINGS =
      List.of(
          ModelSettings.class,
          LabelSettings.class,
          ExampleSettings.class,
          TokenizeSettings.class,
          BatchSettings.class,
          TrainingSettings.class,
          ReplaySettings.class,
          EvaluationSettings.class,
          DriftSettings.class,
          PublicationSettings.class,
          CheckpointSettings.class,
          PipelineSettings.class,
          AcceptSettings.class);

  /** Rules between settings that are broken; each names setting, value and rule. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    addProblem(problems, () -> LearningRateSchedule.of(training));
    addProblem(problems, () -> Accepted.of(accept));
    addProblem(problems, () -> task().check(training));
    return problems;
  }

  /**
   * What the model is trained to answer.
   *
   * @throws IllegalArgumentException where there is no such task
   */
  public Task task() {
    return Tasks.named(model.task(), labels);
  }

  private static void addProblem(List<String> problems, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
  }

  /** The settings outside the service, which injects them. */
  public static PipelineConfig of(SmallRyeConfig config, InputTopics inputs) {
    return new PipelineConfig(
        config.getConfigMapping(ModelSettings.class),
        config.getConfigMapping(LabelSettings.class),
        config.getConfigMapping(ExampleSettings.class),
        config.getConfigMapping(TokenizeSettings.class),
        config.getConfigMapping(BatchSettings.class),
        config.getConfigMapping(TrainingSettings.class),
        config.getConfigMapping(ReplaySettings.class),
        config.getConfigMapping(EvaluationSettings.class),
        config.getConfigMapping(DriftSettings.class),
        config.getConfigMapping(PublicationSettings.class),
        config.getConfigMapping(CheckpointSettings.class),
        config.getConfigMapping(PipelineSettings.class),
        config.getConfigMapping(AcceptSettings.class),
        inputs);
  }

  /** Settings that shape what is learned: part of every version's provenance. */
  public Map<String, String> shapingTraining() {
    Map<String, String> shaping = new TreeMap<>();
    shaping.put("model.pooling", model.pooling().toString());
    if (labels.unknown() == UnknownLabel.GROW) {
      shaping.put("labels.unknown", labels.unknown().toString());
      shaping.put("labels.max", Integer.toString(labels.max()));
    }
    shaping.put("tokenize.max-length", Integer.toString(tokenize.maxLength()));
    shaping.put("batch.max-examples", Integer.toString(batch.maxExamples()));
    shaping.put("batch.max-tokens", Integer.toString(batch.maxTokens()));
    shaping.put("batch.chunk-examples", Integer.toString(batch.chunkExamples()));
    shaping.put("training.seed", Long.toString(training.seed()));
    shaping.put("training.learning-rate", Double.toString(training.learningRate()));
    shaping.put("training.warmup-steps", Integer.toString(training.warmupSteps()));
    shaping.put("training.optim", training.optim().toString());
    shaping.put("training.momentum", Double.toString(training.momentum()));
    training
        .headLearningRate()
        .ifPresent(rate -> shaping.put("training.head-learning-rate", Double.toString(rate)));
    shaping.put("training.layer-lr-decay", Double.toString(training.layerLrDecay()));
    shaping.put("training.freeze-embeddings", Boolean.toString(training.freezeEmbeddings()));
    shaping.put("training.freeze-layers", Integer.toString(training.freezeLayers()));
    shaping.put("training.lr-scheduler-type", training.lrSchedulerType().toString());
    training.maxSteps().ifPresent(steps -> shaping.put("training.max-steps", Long.toString(steps)));
    shaping.put("training.decay-steps", Integer.toString(training.decaySteps()));
    shaping.put("training.ema-decay", Double.toString(training.emaDecay()));
    shaping.put("training.weight-decay", Double.toString(training.weightDecay()));
    shaping.put("training.beta1", Double.toString(training.beta1()));
    shaping.put("training.beta2", Double.toString(training.beta2()));
    shaping.put("training.epsilon", Double.toString(training.epsilon()));
    shaping.put("training.max-grad-norm", Double.toString(training.maxGradNorm()));
    shaping.put(
        "training.gradient-accumulation-steps",
        Integer.toString(training.gradientAccumulationSteps()));
    shaping.put(
        "training.label-smoothing-factor", Double.toString(training.labelSmoothingFactor()));
    shaping.put("training.class-weights", training.classWeights());
    shaping.put("training.focal-gamma", Double.toString(training.focalGamma()));
    shaping.put("training.max-rejected-steps", Integer.toString(training.maxRejectedSteps()));
    shaping.put("replay.size", Integer.toString(replay.size()));
    shaping.put("replay.strategy", replay.strategy().toString());
    shaping.put("replay.ratio", Double.toString(replay.ratio()));
    shaping.put("replay.passes", Integer.toString(replay.passes()));
    shaping.put("evaluation.prequential-share", Double.toString(evaluation.prequentialShare()));
    shaping.put("drift.enabled", Boolean.toString(drift.enabled()));
    shaping.put("drift.warm-up", Integer.toString(drift.warmUp()));
    shaping.put("drift.cool-down", Integer.toString(drift.coolDown()));
    shaping.put("drift.adwin-delta", Double.toString(drift.adwinDelta()));
    shaping.put("drift.page-hinkley-threshold", Double.toString(drift.pageHinkleyThreshold()));
    shaping.put("drift.page-hinkley-tolerance", Double.toString(drift.pageHinkleyTolerance()));
    shaping.put("drift.window", Integer.toString(drift.window()));
    shaping.put("drift.false-alarm", Double.toString(drift.falseAlarm()));
    shaping.put("drift.on-loss", drift.onLoss().toString());
    shaping.put("drift.on-labels", drift.onLabels().toString());
    shaping.put("drift.on-texts", drift.onTexts().toString());
    return shaping;
  }
}
