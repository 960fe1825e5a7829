package io.millrace.torch;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a Transformer that PyTorch exported to ONNX, under their Hugging Face names. Reads
 * the few fields of {@code onnx.proto} that hold them; field numbers are from its IR version 3 on.
 *
 * <p>The export keeps the names of embeddings, biases and LayerNorms, but calls the matrix of a
 * linear layer {@code onnx::MatMul_N}. Its place is told by the node that uses it: {@code
 * /encoder/layer.0/attention/self/query/MatMul} holds the transpose of {@code
 * encoder.layer.0.attention.self.query.weight}.
 */
public final class OnnxWeights {

  private static final int FLOAT = 1;

  private final Map<String, String> linearNames = new HashMap<>();
  private final Map<String, HostTensor> initializers = new LinkedHashMap<>();

  private OnnxWeights() {}

  /**
   * @param source what the stream is, for messages
   * @return float32 weights by Hugging Face name, without prefix
   * @throws CorruptWeightsException when it is no ONNX model
   */
  public static Map<String, HostTensor> read(InputStream in, String source) throws IOException {
    OnnxWeights weights = new OnnxWeights();
    CodedInputStream model = CodedInputStream.newInstance(in, 1 << 16);
    model.setSizeLimit(Integer.MAX_VALUE);
    try {
      forEachField(
          model,
          field -> {
            if (field == 7) {
              nested(model, () -> weights.graph(model));
            } else {
              return false;
            }
            return true;
          });
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new CorruptWeightsException(source, e);
    }
    return weights.named();
  }

  private Map<String, HostTensor> named() {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    initializers.forEach(
        (name, tensor) -> {
          if (!name.startsWith("onnx::")) {
            named.put(name, tensor);
          } else if (linearNames.containsKey(name)) {
            named.put(linearNames.get(name), transposed(tensor));
          }
        });
    return named;
  }

  private void graph(CodedInputStream in) throws IOException {
    forEachField(
        in,
        field -> {
          switch (field) {
            case 1 -> nested(in, () -> node(in));
            case 5 -> nested(in, () -> initializer(in));
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private void node(CodedInputStream in) throws IOException {
    List<String> inputs = new ArrayList<>();
    String[] nameAndType = {"", ""};
    forEachField(
        in,
        field -> {
          switch (field) {
            case 1 -> inputs.add(in.readString());
            case 3 -> nameAndType[0] = in.readString();
            case 4 -> nameAndType[1] = in.readString();
            default -> {
              return false;
            }
          }
          return true;
        });
    String name = nameAndType[0];
    if (nameAndType[1].equals("MatMul") && inputs.size() == 2 && name.endsWith("/MatMul")) {
      String path =
          name.substring(name.startsWith("/") ? 1 : 0, name.length() - "/MatMul".length());
      linearNames.put(inputs.get(1), path.replace('/', '.') + ".weight");
    }
  }

  private void initializer(CodedInputStream in) throws IOException {
    List<Long> shape = new ArrayList<>();
    int[] type = {0};
    String[] name = {""};
    byte[][] raw = {null};
    forEachField(
        in,
        field -> {
          switch (field) {
            case 1 -> shape(in, shape);
            case 2 -> type[0] = in.readEnum();
            case 8 -> name[0] = in.readString();
            case 9 -> raw[0] = in.readByteArray();
            default -> {
              return false;
            }
          }
          return true;
        });
    if (type[0] == FLOAT && raw[0] != null) {
      float[] data = new float[raw[0].length / 4];
      java.nio.ByteBuffer.wrap(raw[0]).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(data);
      initializers.put(
          name[0], new HostTensor(shape.stream().mapToLong(Long::longValue).toArray(), data));
    }
  }

  /** Repeated integers come packed from some writers and one by one from others. */
  private static void shape(CodedInputStream in, List<Long> shape) throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      nested(
          in,
          () -> {
            while (!in.isAtEnd()) {
              shape.add(in.readInt64());
            }
          });
    } else {
      shape.add(in.readInt64());
    }
  }

  private static HostTensor transposed(HostTensor tensor) {
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

  private static void forEachField(CodedInputStream in, FieldReader reader) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!reader.read(WireFormat.getTagFieldNumber(tag))) {
        in.skipField(tag);
      }
    }
  }

  private static void nested(CodedInputStream in, Reader reader) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    reader.read();
    in.popLimit(limit);
  }

  private interface FieldReader {
    /** Reads the field's value, or returns false to have it skipped. */
    boolean read(int field) throws IOException;
  }

  private interface Reader {
    void read() throws IOException;
  }
}
