package io.millrace.model;

import io.millrace.model.arch.Pooling;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Pattern;

/** Which model is trained, on what, and where it is kept. */
@ConfigMapping(prefix = "millrace")
public interface ModelSettings {

  /**
   * The model's name: key of every event, name of its folder in the store, part of the consumer
   * group and the transactional id. It tells models on one cluster apart.
   */
  @WithName("model.name")
  @WithDefault("default")
  @Pattern(regexp = "[a-z0-9][a-z0-9._-]{0,62}", message = "must be letters, digits, '.', '_', '-'")
  String name();

  /**
   * What the model is trained to answer: {@code label}, one label a text, or the name of a task
   * that a jar on the class path provides. Fixed for the life of a model.
   */
  @WithName("model.task")
  @WithDefault("label")
  String task();

  /**
   * Where training starts: the embedded MiniLM-L6 ({@code embedded:all-minilm-l6-v2}), small enough
   * for two cores, or a folder with a Hugging Face BERT ({@code config.json}, {@code
   * model.safetensors}, {@code tokenizer.json}).
   */
  @WithName("model.base")
  @WithDefault("embedded:all-minilm-l6-v2")
  String base();

  /**
   * What the classifier reads of a text. {@code cls}: its first token through BERT's pooler,
   * because that loads unchanged elsewhere. {@code mean}: the mean of its tokens, for bases without
   * a pooler (as MiniLM), which with {@code cls} have to learn one. Fixed for the life of a model:
   * a checkpoint of the other is refused.
   */
  @WithName("model.pooling")
  @WithDefault("cls")
  Pooling pooling();

  /**
   * Where tensors live: {@code auto} (a GPU when the engine sees one, else the CPU), {@code cpu} or
   * {@code gpu:N}.
   */
  @WithDefault("auto")
  @Pattern(regexp = "auto|cpu|gpu:[0-9]+", message = "must be auto, cpu or gpu:N")
  String device();

  /**
   * The folder of checkpoints, journal and versions, by model. Standbys need the same one, because
   * they go on from it.
   */
  @WithDefault("data")
  String store();
}
