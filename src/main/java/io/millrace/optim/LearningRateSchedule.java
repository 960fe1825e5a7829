package io.millrace.optim;

import io.millrace.step.CandidateModel;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The learning rate by step. Each schedule is a linear rise and what comes behind it, by the
 * formulas of Hugging Face transformers' {@code get_*_schedule}; step N has the rate of that
 * scheduler after N calls, so that no step is spent at rate 0 before the rise.
 */
public sealed interface LearningRateSchedule {

  /** The schedules by Hugging Face's names. */
  enum Type {
    CONSTANT_WITH_WARMUP,
    INVERSE_SQRT,
    WARMUP_STABLE_DECAY,
    LINEAR,
    COSINE;

    /** As the setting has it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** The rate behind the rise that nothing exceeds. */
  double peak();

  /** How many steps the rise takes; 0 for none. */
  int warmupSteps();

  /**
   * The rate behind the rise.
   *
   * @param step its number, from {@link #warmupSteps} on
   */
  double afterWarmup(long step);

  /**
   * The rate of a step.
   *
   * @param step its number, from 1; step {@link #warmupSteps} is the first at the peak
   */
  default double at(long step) {
    return step < warmupSteps() ? peak() * step / warmupSteps() : afterWarmup(step);
  }

  /**
   * Over how many steps a copy of the weights decays before it is evaluated ({@link
   * CandidateModel}); 0 where the weights are evaluated as they are.
   */
  default int decaySteps() {
    return 0;
  }

  /**
   * The schedule that the settings ask for.
   *
   * @throws IllegalArgumentException naming the settings where one lacks the other, or contradicts
   *     it
   */
  static LearningRateSchedule of(TrainingSettings settings) {
    double peak = settings.learningRate();
    int warmup = settings.warmupSteps();
    return switch (settings.lrSchedulerType()) {
      case CONSTANT_WITH_WARMUP -> new ConstantWithWarmup(peak, warmup);
      case INVERSE_SQRT -> new InverseSqrt(peak, warmup);
      case WARMUP_STABLE_DECAY -> new WarmupStableDecay(peak, warmup, settings.decaySteps());
      case LINEAR -> new Linear(peak, warmup, maxSteps(settings));
      case COSINE -> new Cosine(peak, warmup, maxSteps(settings));
    };
  }

  private static long maxSteps(TrainingSettings settings) {
    OptionalLong steps = settings.maxSteps();
    if (steps.isEmpty()) {
      throw new IllegalArgumentException(
          "millrace.training.lr-scheduler-type is "
              + settings.lrSchedulerType()
              + ", which needs millrace.training.max-steps, the step at which the rate is 0");
    }
    if (steps.getAsLong() <= settings.warmupSteps()) {
      throw new IllegalArgumentException(
          "millrace.training.max-steps is "
              + steps.getAsLong()
              + ", but must be above millrace.training.warmup-steps, "
              + settings.warmupSteps());
    }
    return steps.getAsLong();
  }

  /** Stays at the peak, because a stream has no last step. */
  record ConstantWithWarmup(double peak, int warmupSteps) implements LearningRateSchedule {
    @Override
    public double afterWarmup(long step) {
      return peak;
    }
  }

  /**
   * Falls with the root of the step's number for as long as the stream lasts (Vaswani et al.,
   * arXiv:1706.03762).
   */
  record InverseSqrt(double peak, int warmupSteps) implements LearningRateSchedule {

    private static final int TIMESCALE_WITHOUT_WARMUP = 10_000;

    @Override
    public double afterWarmup(long step) {
      double timescale = warmupSteps == 0 ? TIMESCALE_WITHOUT_WARMUP : warmupSteps;
      return peak / Math.sqrt((step + timescale - warmupSteps) / timescale);
    }
  }

  /**
   * Stays at the peak as well: a run over a stream is always in the stable phase of this schedule
   * (Hu et al., arXiv:2404.06395), and only copies of it {@link Decay}.
   */
  record WarmupStableDecay(double peak, int warmupSteps, int decaySteps)
      implements LearningRateSchedule {
    @Override
    public double afterWarmup(long step) {
      return peak;
    }
  }

  /**
   * Falls by transformers' decay type {@code 1-sqrt}, the best of those that Hägele et al. compare
   * (arXiv:2405.18392). Step 0 would be at the peak, as the run's last step was, and step {@code
   * steps + 1} at 0, where it would change nothing: neither is taken.
   *
   * @param peak the rate that it falls from
   * @param steps the steps between
   */
  record Decay(double peak, int steps) implements LearningRateSchedule {
    @Override
    public int warmupSteps() {
      return 0;
    }

    @Override
    public double afterWarmup(long step) {
      return peak * Math.max(0, 1 - Math.sqrt(step / (steps + 1.0)));
    }
  }

  /** Falls linearly to 0 at step {@code maxSteps}, and stays there. */
  record Linear(double peak, int warmupSteps, long maxSteps) implements LearningRateSchedule {
    @Override
    public double afterWarmup(long step) {
      return peak * Math.max(0, maxSteps - step) / (maxSteps - warmupSteps);
    }
  }

  /**
   * Falls along half a cosine to 0 at step {@code maxSteps}, and stays there (Loshchilov and
   * Hutter, arXiv:1608.03983).
   */
  record Cosine(double peak, int warmupSteps, long maxSteps) implements LearningRateSchedule {
    @Override
    public double afterWarmup(long step) {
      if (step >= maxSteps) {
        return 0;
      }
      double progress = (double) (step - warmupSteps) / (maxSteps - warmupSteps);
      return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  }
}
