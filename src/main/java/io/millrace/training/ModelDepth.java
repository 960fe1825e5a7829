package io.millrace.training;

/**
 * Where in the model a parameter is.
 *
 * @param level 0 for the embeddings, 1 to {@code layers} for the layers, {@code layers + 1} for the
 *     head (pooler and classifier)
 * @param layers how many layers the model has
 */
record ModelDepth(int level, int layers) {

  private static final String EMBEDDINGS = "bert.embeddings.";
  private static final String LAYER = "bert.encoder.layer.";

  /**
   * @param parameter its Hugging Face name
   */
  static ModelDepth of(String parameter, int layers) {
    if (parameter.startsWith(EMBEDDINGS)) {
      return new ModelDepth(0, layers);
    }
    if (parameter.startsWith(LAYER)) {
      String rest = parameter.substring(LAYER.length());
      return new ModelDepth(1 + Integer.parseInt(rest.substring(0, rest.indexOf('.'))), layers);
    }
    return new ModelDepth(layers + 1, layers);
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
