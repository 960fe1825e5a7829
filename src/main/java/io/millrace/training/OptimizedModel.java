package io.millrace.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.TransformerClassifier;
import io.millrace.torch.UpdateOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an optimizer works on: which weights of a model are trained, in which groups.
 *
 * @param model owns the weights
 * @param settings rates and decays
 * @param groups the trained parameters
 * @param lazyWords whether the rows of the word-embedding table are updated only when they are
 *     needed, by {@link LazyWordRows}; the optimizer then leaves the table alone
 */
record OptimizedModel(
    TransformerClassifier model,
    TrainingSettings settings,
    List<ParameterGroup> groups,
    boolean lazyWords) {

  /**
   * Lazy rows pay where memory is slow and only AdamW has something to catch up on: a GPU updates
   * the whole table in less time than it takes to say which rows, and an average of the weights
   * reads them all at each step.
   */
  static OptimizedModel of(TransformerClassifier model, TrainingSettings settings) {
    List<ParameterGroup> groups =
        ParameterGroup.of(model.parameters().keySet(), model.config(), settings);
    boolean lazy =
        settings.optim() == TrainingSettings.Optim.ADAMW
            && !model.device().isGpu()
            && settings.emaDecay() == 0
            && groups.stream().anyMatch(OptimizedModel::hasWords);
    return new OptimizedModel(model, settings, groups, lazy);
  }

  static boolean hasWords(ParameterGroup group) {
    return group.names().contains(TransformerClassifier.WORD_EMBEDDINGS);
  }

  UpdateOps operators() {
    return model.operators().updates();
  }

  /** Every trained parameter, the word-embedding table included, group by group. */
  Map<String, NDArray> trained() {
    Map<String, NDArray> trained = new LinkedHashMap<>();
    groups.forEach(
        group -> group.names().forEach(name -> trained.put(name, model.parameters().get(name))));
    return trained;
  }

  /** The parameters that the optimizer updates whole, group by group. */
  NDList dense() {
    NDList all = new NDList();
    groups.forEach(group -> all.addAll(select(group, model.parameters())));
    return all;
  }

  /**
   * Goes through the groups that the optimizer has something to update in.
   *
   * @param gradients in the order of {@link #dense()}
   */
  void forEachGroup(NDList gradients, GroupStep step) {
    int from = 0;
    for (ParameterGroup group : groups) {
      NDList parameters = select(group, model.parameters());
      if (!parameters.isEmpty()) {
        int to = from + parameters.size();
        step.accept(group, parameters, gradients.subNDList(from, to));
        from = to;
      }
    }
  }

  /** Those parameters of a group that the optimizer updates whole. */
  List<String> dense(ParameterGroup group) {
    return group.names().stream()
        .filter(name -> !lazyWords || !name.equals(TransformerClassifier.WORD_EMBEDDINGS))
        .toList();
  }

  NDList select(ParameterGroup group, Map<String, NDArray> arrays) {
    return new NDList(dense(group).stream().map(arrays::get).toArray(NDArray[]::new));
  }

  @FunctionalInterface
  interface GroupStep {
    void accept(ParameterGroup group, NDList parameters, NDList gradients);
  }
}
