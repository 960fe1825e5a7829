package io.millrace.torch.file;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a Transformer that PyTorch exported to ONNX, under their Hugging Face names. Reads
 * the few fields of {@code onnx.proto} that hold them, as the stream passes by; the file itself is
 * never in memory.
 *
 * <p>The export keeps the names of embeddings, biases and LayerNorms, but calls the matrix of a
 * linear layer {@code onnx::MatMul_N}. The node that uses it gives its place: {@code
 * /encoder/layer.0/attention/self/query/MatMul} holds the transpose of {@code
 * encoder.layer.0.attention.self.query.weight}.
 */
public final class OnnxWeights {

  private static final String GENERATED = "onnx::";

  private final String source;
  private final Map<String, String> linearNames = new HashMap<>();
  private final Map<String, HostTensor> initializers = new LinkedHashMap<>();

  private OnnxWeights(String source) {
    this.source = source;
  }

  /**
   * @param in the model; not closed
   * @param source what the stream is, for messages
   * @return float32 weights by Hugging Face name, without prefix, in the order of the file; other
   *     types, such as {@code position_ids}, are left out
   * @throws CorruptWeightsException when it is no ONNX model, or one cut short
   */
  public static Map<String, HostTensor> read(InputStream in, String source) throws IOException {
    OnnxWeights weights = new OnnxWeights(source);
    CodedInputStream model = CodedInputStream.newInstance(in, 1 << 16);
    model.setSizeLimit(Integer.MAX_VALUE);
    try {
      ProtobufFields.forEach(
          model,
          field -> {
            if (field != OnnxFields.MODEL_GRAPH) {
              return false;
            }
            ProtobufFields.nested(model, () -> weights.graph(model));
            return true;
          });
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptWeightsException(source, e.getMessage());
    }
    if (weights.initializers.isEmpty()) {
      throw new CorruptWeightsException(source, "it holds no weights");
    }
    return weights.named();
  }

  private void graph(CodedInputStream in) throws IOException {
    ProtobufFields.forEach(
        in,
        field -> {
          switch (field) {
            case OnnxFields.GRAPH_NODE -> ProtobufFields.nested(in, () -> node(in));
            case OnnxFields.GRAPH_INITIALIZER -> ProtobufFields.nested(in, () -> initializer(in));
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private void node(CodedInputStream in) throws IOException {
    OnnxNode node = OnnxNode.read(in);
    node.linearWeight().ifPresent(name -> linearNames.put(node.inputs().get(1), name));
  }

  private void initializer(CodedInputStream in) throws IOException {
    OnnxTensor tensor = OnnxTensor.read(in);
    Optional<HostTensor> value = tensor.floats(source);
    value.ifPresent(found -> initializers.put(tensor.name(), found));
  }

  private Map<String, HostTensor> named() {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    initializers.forEach(
        (name, tensor) -> {
          if (!name.startsWith(GENERATED)) {
            named.put(name, tensor);
          } else if (linearNames.containsKey(name)) {
            named.put(linearNames.get(name), transposed(name, tensor));
          }
        });
    return named;
  }

  private HostTensor transposed(String name, HostTensor tensor) {
    if (tensor.shape().length != 2) {
      throw new CorruptWeightsException(
          source, "tensor %s is no matrix: %s".formatted(name, tensor));
    }
    int rows = (int) tensor.shape()[0];
    int columns = (int) tensor.shape()[1];
    float[] data = new float[tensor.data().length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        data[column * rows + row] = tensor.data()[row * columns + column];
      }
    }
    return new HostTensor(new long[] {columns, rows}, data);
  }
}
