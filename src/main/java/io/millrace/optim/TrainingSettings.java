package io.millrace.optim;

import io.millrace.task.LossSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** How weights are updated. */
@ConfigMapping(prefix = "millrace.training")
public interface TrainingSettings extends LossSettings {

  /**
   * Seed of the fresh head, of dropout and of the order of batches, so that a run can be repeated.
   *
   * <p>Unit: a number.
   */
  @WithDefault("42")
  long seed();

  /**
   * Peak learning rate. A constant rate wants less than a decaying one; the demo runs with the
   * default.
   *
   * <p>Unit: rate.
   */
  @WithDefault("5e-5")
  @Positive
  double learningRate();

  /**
   * Steps over which the rate rises linearly from 0: the fresh head's first gradients are large.
   *
   * <p>Unit: steps.
   */
  @WithDefault("20")
  @Min(0)
  int warmupSteps();

  /**
   * The optimizer: {@code adamw}, or {@code sgd} with momentum, which keeps half of AdamW's state
   * and wants rates a hundred times as large.
   */
  @WithDefault("adamw")
  Optim optim();

  /**
   * SGD's momentum; AdamW has none. The usual value.
   *
   * <p>Unit: factor, 0 to below 1.
   */
  @WithDefault("0.9")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double momentum();

  /**
   * Peak rate of the head (pooler and classifier), which starts from nothing and may want more. The
   * learning rate if absent.
   *
   * <p>Unit: rate.
   */
  @Positive
  OptionalDouble headLearningRate();

  /**
   * Factor of the rate from layer to layer downwards, embeddings last. Below 1, general knowledge
   * stays as it was pretrained.
   *
   * <p>Unit: factor, above 0 to 1.
   */
  @WithDefault("1.0")
  @Positive
  @DecimalMax("1")
  double layerLrDecay();

  /** Whether the embeddings stay as they are: no backward pass and no moments for them. */
  @WithDefault("false")
  boolean freezeEmbeddings();

  /**
   * Lowest layers that stay as they are, which saves their backward pass; with any, the embeddings
   * do too.
   *
   * <p>Unit: layers.
   */
  @WithDefault("0")
  @Min(0)
  int freezeLayers();

  /**
   * What follows warm-up, by transformers' formulas: {@code constant-with-warmup}, {@code
   * inverse-sqrt}, {@code warmup-stable-decay}, {@code linear} or {@code cosine}. Constant by
   * default, because an endless stream has no last step to decay to.
   */
  @WithDefault("constant-with-warmup")
  LearningRateSchedule.Type lrSchedulerType();

  /**
   * Step at which {@code linear} and {@code cosine} reach rate 0; they need it, the others do not
   * read it. After it the service goes on reading, scoring, evaluating and predicting, but steps
   * change nothing.
   *
   * <p>Unit: steps.
   */
  @Positive
  OptionalLong maxSteps();

  /**
   * Steps of the decay in {@code warmup-stable-decay}, whose run keeps its rate for ever; the other
   * schedules do not read it. For an evaluation a copy of the run takes the last steps again (the
   * same batches, replayed examples included; soon after the start, as many as there were) while
   * its rate falls towards 0 by transformers' {@code 1-sqrt}, the best shape in Hägele et al.
   * (arXiv:2405.18392). The copy is evaluated, published if it is better, and dropped; the run goes
   * on as if it had not been. It pays where the rate is so high that the weights wander, and not
   * below. An evaluation takes that many steps longer, which at the default {@code
   * millrace.evaluation.every-examples} (16 steps of 32) is more than the run itself: raise that to
   * several times {@code decay-steps} × examples per step. Meanwhile the copy's weights and moments
   * take 12 bytes a parameter outside the heap, with MiniLM 270 MB; the steps kept take 300 bytes
   * an example and 8 a token of heap, about 1 MB. With {@code ema-decay} (4 bytes more) the copy's
   * average goes through the decay too and is what is published: it should forget within the decay
   * (0.9 for 20 steps), or little of it arrives there.
   *
   * <p>Unit: steps.
   */
  @WithDefault("20")
  @Min(1)
  int decaySteps();

  /**
   * Decoupled weight decay per step, times the rate; none on bias and LayerNorm. The usual value.
   *
   * <p>Unit: factor.
   */
  @WithDefault("0.01")
  @DecimalMin("0")
  double weightDecay();

  /**
   * AdamW's decay of the first moment. The usual value.
   *
   * <p>Unit: factor, 0 to below 1.
   */
  @WithName("beta1")
  @WithDefault("0.9")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double beta1();

  /**
   * AdamW's decay of the second moment. The usual value.
   *
   * <p>Unit: factor, 0 to below 1.
   */
  @WithName("beta2")
  @WithDefault("0.999")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double beta2();

  /**
   * AdamW's epsilon, added to the root of the second moment, so that no step divides by 0.
   *
   * <p>Unit: as the gradient.
   */
  @WithDefault("1e-8")
  @Positive
  double epsilon();

  /**
   * Global gradient norm above which gradients are scaled down to it: one odd batch must not throw
   * the weights far.
   *
   * <p>Unit: norm.
   */
  @WithDefault("1.0")
  @Positive
  double maxGradNorm();

  /**
   * Consecutive batches of a chunk whose gradients are added up to one step: a larger batch in the
   * same memory. A step never crosses a chunk's end, where checkpoints are taken, so the last one
   * of a chunk may have fewer; {@code millrace.batch.chunk-examples} should hold a multiple.
   *
   * <p>Unit: batches.
   */
  @WithDefault("1")
  @Min(1)
  int gradientAccumulationSteps();

  /**
   * Part of the target that is spread evenly over all classes, as in PyTorch, for labels that are
   * sometimes wrong; 0 is none.
   *
   * <p>Unit: share, 0 to 1.
   */
  @WithDefault("0")
  @DecimalMin("0")
  @DecimalMax("1")
  @Override
  double labelSmoothingFactor();

  /**
   * {@code none}; {@code balanced}, scikit-learn's: examples trained so far / (labels × those of
   * this label), an unseen label counting as seen once, for rare labels that matter; or weights by
   * label, {@code ham=1,spam=2.5}, 1 for those left out. The loss is divided by them as in PyTorch,
   * so only ratios matter.
   */
  @WithDefault("none")
  @Override
  String classWeights();

  /**
   * Exponent of the focal loss, for streams of which most is easy; 2 is the paper's, 0 is plain
   * cross-entropy. With label smoothing each class's term has the factor of its own probability.
   *
   * <p>Unit: exponent.
   */
  @WithDefault("0")
  @DecimalMin("0")
  @Override
  double focalGamma();

  /**
   * A gradient norm that is clipped and above this multiple of the last 100 steps' median is
   * counted and warned of as a spike. It is trained on like any other: it may be the drift that the
   * service exists for.
   *
   * <p>Unit: factor.
   */
  @WithDefault("10")
  @DecimalMin("1")
  double gradNormSpikeFactor();

  /**
   * Refused steps in a row after which the last checkpoint is restored: one batch without a finite
   * example may be the producer's fault, a run of them is the model's.
   *
   * <p>Unit: steps.
   */
  @WithDefault("5")
  @Min(1)
  int maxRejectedSteps();

  /**
   * Decay per step of the weights' exponential moving average, 0 for none. If kept, the average is
   * what is evaluated and published: it is steadier than the weights. It costs a copy of the
   * weights and a pass over them each step.
   *
   * <p>Unit: factor, 0 to below 1.
   */
  @WithDefault("0")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double emaDecay();

  /** The optimizers. */
  enum Optim {
    /** AdamW, fused. */
    ADAMW,
    /** Stochastic gradient descent with momentum. */
    SGD
  }
}
