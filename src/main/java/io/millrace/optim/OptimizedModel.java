package io.millrace.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.torch.UpdateOps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an optimizer works on: which weights of a model are trained, in which groups.
 *
 * @param model owns the weights
 * @param settings rates and decays
 * @param groups the trained parameters
 * @param words the table of words; empty where the model has none, or it is frozen
 * @param lazyWords whether the rows of the word-embedding table are updated only when they are
 *     needed, by {@link LazyAdamW}; the optimizer then leaves the table alone
 */
public record OptimizedModel(
    TransformerClassifier model,
    TrainingSettings settings,
    List<ParameterGroup> groups,
    Optional<String> words,
    boolean lazyWords) {

  /**
   * Lazy rows pay where memory is slow and only AdamW has something to catch up on: a GPU updates
   * the whole table in less time than it takes to say which rows, and an average of the weights
   * reads them all at each step.
   */
  public static OptimizedModel of(TransformerClassifier model, TrainingSettings settings) {
    return of(
        model,
        settings,
        settings.optim() == TrainingSettings.Optim.ADAMW
            && !model.device().isGpu()
            && settings.emaDecay() == 0);
  }

  /**
   * @param lazy whether the rows of the table of words are to be updated lazily where there is one
   */
  public static OptimizedModel of(
      TransformerClassifier model, TrainingSettings settings, boolean lazy) {
    ParameterSpecs specs = model.parameters().specs();
    List<ParameterGroup> groups =
        ParameterGroup.of(model.parameters().trainable().keySet(), specs, settings);
    Optional<String> words =
        specs
            .words()
            .map(ParameterSpec::name)
            .filter(name -> groups.stream().anyMatch(group -> group.names().contains(name)));
    return new OptimizedModel(model, settings, groups, words, lazy && words.isPresent());
  }

  UpdateOps operators() {
    return model.operators().updates();
  }

  /** Every trained parameter, the word-embedding table included, group by group. */
  Map<String, NDArray> trained() {
    Map<String, NDArray> trained = new LinkedHashMap<>();
    groups.forEach(group -> group.names().forEach(name -> trained.put(name, array(name))));
    return trained;
  }

  /** One of the weights, live. */
  NDArray array(String name) {
    return model.parameters().array(name);
  }

  /** The parameters that the optimizer updates whole, group by group. */
  public NDList dense() {
    NDList all = new NDList();
    groups.forEach(group -> all.addAll(select(group, model.parameters().trainable())));
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
      NDList parameters = select(group, model.parameters().trainable());
      if (!parameters.isEmpty()) {
        int to = from + parameters.size();
        step.accept(group, parameters, gradients.subNDList(from, to));
        from = to;
      }
    }
  }

  /** Those parameters of a group that the optimizer updates whole. */
  public List<String> dense(ParameterGroup group) {
    return group.names().stream()
        .filter(name -> !lazyWords || !name.equals(words.orElseThrow()))
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
