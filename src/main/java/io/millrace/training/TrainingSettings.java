package io.millrace.training;

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

  /** Seed of the fresh head, of dropout and of the order of batches. */
  @WithDefault("42")
  long seed();

  /** Peak learning rate. A constant rate wants less than a decaying one. */
  @WithDefault("5e-5")
  @Positive
  double learningRate();

  /**
   * Steps over which the rate rises linearly from 0: the fresh head's first gradients are large.
   */
  @WithDefault("20")
  @Min(0)
  int warmupSteps();

  /** The optimizer. */
  @WithDefault("adamw")
  Optim optim();

  /** SGD's momentum; AdamW has none. */
  @WithDefault("0.9")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double momentum();

  /** Peak rate of the head, pooler and classifier; the learning rate where absent. */
  @Positive
  OptionalDouble headLearningRate();

  /** What the rate is multiplied by from layer to layer downwards, embeddings last. */
  @WithDefault("1.0")
  @Positive
  @DecimalMax("1")
  double layerLrDecay();

  /** Whether the embeddings stay as they are. */
  @WithDefault("false")
  boolean freezeEmbeddings();

  /** Lowest layers that stay as they are; with any, the embeddings do too. */
  @WithDefault("0")
  @Min(0)
  int freezeLayers();

  /** What follows warm-up. Constant by default: an endless stream has no last step to decay to. */
  @WithDefault("constant-with-warmup")
  LearningRateSchedule.Type lrSchedulerType();

  /**
   * The step at which the linear and cosine schedules reach 0; needed by them, unread by the
   * others. The service goes on behind it: it evaluates and predicts, but steps change nothing.
   */
  @Positive
  OptionalLong maxSteps();

  /**
   * Steps of the branch that warm-up-stable-decay evaluates and publishes: a copy of the weights
   * that is trained on the last batches again while its rate falls. Unread by the others.
   */
  @WithDefault("20")
  @Min(1)
  int decaySteps();

  /** Decoupled weight decay per step, times the rate; none on bias and LayerNorm. */
  @WithDefault("0.01")
  @DecimalMin("0")
  double weightDecay();

  /** AdamW's decay of the first moment. */
  @WithName("beta1")
  @WithDefault("0.9")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double beta1();

  /** AdamW's decay of the second moment. */
  @WithName("beta2")
  @WithDefault("0.999")
  @DecimalMin("0")
  @DecimalMax("0.9999999")
  double beta2();

  /** AdamW's epsilon, added to the root of the second moment. */
  @WithDefault("1e-8")
  @Positive
  double epsilon();

  /** Global gradient norm above which gradients are scaled down to it. */
  @WithDefault("1.0")
  @Positive
  double maxGradNorm();

  /**
   * Consecutive batches of a chunk whose gradients are added up to one step: a larger batch in the
   * same memory. A step never crosses a chunk's end, where checkpoints are taken, so the last one
   * of a chunk may have fewer.
   */
  @WithDefault("1")
  @Min(1)
  int gradientAccumulationSteps();

  /** Part of the target that is spread evenly over all classes, as in PyTorch; 0 is none. */
  @WithDefault("0")
  @DecimalMin("0")
  @DecimalMax("1")
  @Override
  double labelSmoothingFactor();

  /**
   * {@code none}, {@code balanced} (scikit-learn's, from the labels trained so far), or weights by
   * label, {@code ham=1,spam=2.5}; labels left out have 1. Only the ratios matter.
   */
  @WithDefault("none")
  @Override
  String classWeights();

  /**
   * Exponent of the focal loss, for streams of which most is easy; 2 is the paper's. 0 is plain
   * cross-entropy.
   */
  @WithDefault("0")
  @DecimalMin("0")
  @Override
  double focalGamma();

  /**
   * A gradient norm above this multiple of the recent steps' median, and above {@link
   * #maxGradNorm}, is counted and warned of as a spike. It is clipped and trained on like any
   * other.
   */
  @WithDefault("10")
  @DecimalMin("1")
  double gradNormSpikeFactor();

  /**
   * Refused steps in a row after which the last checkpoint is restored: one batch without a finite
   * example may be the producer's fault, a run of them is the model's.
   */
  @WithDefault("5")
  @Min(1)
  int maxRejectedSteps();

  /**
   * Decay of the weights' exponential moving average, 0 for none. Where kept, the average is what
   * is evaluated and published. It costs a copy of the weights and a pass over them each step.
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
