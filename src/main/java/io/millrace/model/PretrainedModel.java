package io.millrace.model;

import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.torch.file.HostTensor;
import java.util.Map;

/**
 * A base model in Java memory, checked: every encoder tensor is there with the shape that the
 * config asks for. Names are those of {@code BertForSequenceClassification} ({@code
 * bert.embeddings.word_embeddings.weight}, …), whatever prefix the file used. {@code bert.pooler.*}
 * may be absent: such a model gets a fresh one. The classifier is never taken from a base: its rows
 * mean the labels of another model.
 *
 * @param origin where it came from, for messages and provenance (a path or {@code embedded:NAME})
 * @param config its shape
 * @param weights by Hugging Face name
 * @param tokenizerJson the bytes of {@code tokenizer.json}
 * @param tokenizerFiles the base's other tokenizer files by name, as it has them: versions carry
 *     them on
 */
@SuppressWarnings("ArrayRecordComponent")
public record PretrainedModel(
    String origin,
    BertConfig config,
    Map<String, HostTensor> weights,
    byte[] tokenizerJson,
    Map<String, byte[]> tokenizerFiles) {

  public PretrainedModel {
    weights = Map.copyOf(weights);
    tokenizerFiles = Map.copyOf(tokenizerFiles);
  }

  /** With no tokenizer files but {@code tokenizer.json}. */
  public PretrainedModel(
      String origin, BertConfig config, Map<String, HostTensor> weights, byte[] tokenizerJson) {
    this(origin, config, weights, tokenizerJson, Map.of());
  }

  /**
   * The same base, for a head with this pooling. Whatever its own head pooled, only the encoder is
   * taken from it, and the pooler where the new head has one.
   */
  public PretrainedModel with(Pooling pooling) {
    return new PretrainedModel(
        origin, config.with(pooling), weights, tokenizerJson, tokenizerFiles);
  }
}
