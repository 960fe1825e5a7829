package io.millrace.optim;

import io.millrace.step.ReferenceTensors;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Clipping by the global norm and AdamW in double precision, value by value, as PyTorch documents
 * {@code clip_grad_norm_} and {@code torch.optim.AdamW}; no decay on bias and LayerNorm.
 */
public final class ReferenceAdamW {

  private final TrainingSettings settings;
  private final Map<String, double[]> first = new LinkedHashMap<>();
  private final Map<String, double[]> second = new LinkedHashMap<>();
  private int steps;

  public ReferenceAdamW(TrainingSettings settings) {
    this.settings = settings;
  }

  public static double globalNorm(Map<String, double[]> gradients) {
    double sum = 0;
    for (double[] gradient : gradients.values()) {
      for (double value : gradient) {
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /** Applies one step at the settings' rate, in place. */
  public void step(ReferenceTensors tensors) {
    steps++;
    double norm = globalNorm(tensors.gradients());
    double clip = Math.min(1, settings.maxGradNorm() / (norm + 1e-6));
    tensors.values().forEach((name, weights) -> step(name, weights, tensors.gradient(name), clip));
  }

  private void step(String name, double[] weights, double[] gradient, double clip) {
    double[] m = first.computeIfAbsent(name, unused -> new double[weights.length]);
    double[] v = second.computeIfAbsent(name, unused -> new double[weights.length]);
    boolean decays = !name.endsWith("bias") && !name.contains("LayerNorm");
    double rate = settings.learningRate();
    for (int i = 0; i < weights.length; i++) {
      double g = clip * gradient[i];
      m[i] = settings.beta1() * m[i] + (1 - settings.beta1()) * g;
      v[i] = settings.beta2() * v[i] + (1 - settings.beta2()) * g * g;
      double mean = m[i] / (1 - Math.pow(settings.beta1(), steps));
      double square = v[i] / (1 - Math.pow(settings.beta2(), steps));
      double decay = decays ? settings.weightDecay() * weights[i] : 0;
      weights[i] -= rate * (decay + mean / (Math.sqrt(square) + settings.epsilon()));
    }
  }
}
