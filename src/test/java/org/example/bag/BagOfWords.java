package org.example.bag;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.InputLimits;
import io.millrace.model.block.Inputs;
import io.millrace.model.block.Ops;
import io.millrace.model.block.Weights;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An architecture by a stranger: the mean of a text's words, one layer, and the answer.
 *
 * @param vocabulary the number of words
 * @param width of a word's vector
 */
public record BagOfWords(int vocabulary, int width) implements Architecture {

  static final String TYPE = "bag-of-words";

  @Override
  public <T> T outputs(Ops<T> ops, Weights<T> weights, Inputs<T> inputs, int outputs) {
    T words = weights.at(0).words("bag.words", vocabulary, width);
    T mean = ops.reshape(ops.matMul(inputs.shares(), words), inputs.rows(), width);
    Weights<T> layer = weights.at(1);
    T mixed = ops.gelu(layer.layerNorm("bag.norm", layer.linear("bag.mix", mean, width), 1e-5));
    return weights.head(2).outputs("answer", ops.dropout(mixed, 0.1), outputs);
  }

  @Override
  public InputLimits limits() {
    return new InputLimits(vocabulary, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  @Override
  public List<String> aliases(String parameter) {
    return parameter.equals("bag.words") ? List.of("emb.weight") : List.of();
  }

  @Override
  public byte[] configJson(List<String> labels) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("model_type", TYPE).put("vocab_size", vocabulary).put("width", width);
    ObjectNode names = root.putObject("id2label");
    for (int i = 0; i < labels.size(); i++) {
      names.put(Integer.toString(i), labels.get(i));
    }
    return root.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }
}
