package io.millrace.model;

import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.Pooling;
import io.millrace.torch.file.HostTensor;
import java.util.Map;
import java.util.Optional;

/**
 * A base model in Java memory, checked: every parameter of the architecture's body is there with
 * its shape, under its own name, whatever name the file used. Those of the head may be absent: such
 * a model gets fresh ones. The outputs are never taken from a base: their rows mean the labels of
 * another model.
 *
 * @param origin where it came from, for messages and provenance (a path or {@code embedded:NAME})
 * @param architecture what it computes
 * @param weights by name
 * @param tokenizerJson the bytes of {@code tokenizer.json}
 * @param tokenizerFiles the base's other tokenizer files by name, as it has them: versions carry
 *     them on
 */
@SuppressWarnings("ArrayRecordComponent")
public record PretrainedModel(
    String origin,
    Architecture architecture,
    Map<String, HostTensor> weights,
    byte[] tokenizerJson,
    Map<String, byte[]> tokenizerFiles) {

  public PretrainedModel {
    weights = Map.copyOf(weights);
    tokenizerFiles = Map.copyOf(tokenizerFiles);
  }

  /** With no tokenizer files but {@code tokenizer.json}. */
  public PretrainedModel(
      String origin,
      Architecture architecture,
      Map<String, HostTensor> weights,
      byte[] tokenizerJson) {
    this(origin, architecture, weights, tokenizerJson, Map.of());
  }

  /**
   * The same base, for a head with this pooling. Whatever its own head pooled, only the body is
   * taken from it, and the head's parameters where the new head has them.
   */
  public PretrainedModel with(Pooling pooling) {
    return new PretrainedModel(
        origin, architecture.with(pooling), weights, tokenizerJson, tokenizerFiles);
  }

  /** The table {@code [V, H]} that tokens are looked up in; empty where there is none. */
  public Optional<HostTensor> words() {
    return architecture.parameters(1).words().map(spec -> weights.get(spec.name()));
  }
}
