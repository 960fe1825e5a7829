package io.millrace.optim;

import io.millrace.model.block.ParameterSpec;

/**
 * Where in the model a parameter is.
 *
 * @param level 0 for the embeddings, 1 to {@code layers} for the layers, {@code layers + 1} for the
 *     head
 * @param layers how many layers the model has
 */
record ModelDepth(int level, int layers) {

  /**
   * @param layers how many the parameter's model has
   */
  static ModelDepth of(ParameterSpec parameter, int layers) {
    return new ModelDepth(parameter.role().isHead() ? layers + 1 : parameter.depth(), layers);
  }

  boolean isHead() {
    return level > layers;
  }

  boolean isFrozen(TrainingSettings settings) {
    return level == 0
        ? settings.freezeEmbeddings() || settings.freezeLayers() > 0
        : level <= settings.freezeLayers() && !isHead();
  }

  /** What the schedule's rate is multiplied by. */
  double rateFactor(TrainingSettings settings) {
    return isHead()
        ? settings.headLearningRate().orElse(settings.learningRate()) / settings.learningRate()
        : Math.pow(settings.layerLrDecay(), layers + 1 - level);
  }
}
