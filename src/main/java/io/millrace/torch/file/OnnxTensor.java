package io.millrace.torch.file;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An initializer of the graph ({@code TensorProto}). */
final class OnnxTensor {

  private String name = "";
  private int type;
  private final List<Long> shape = new ArrayList<>();
  private byte[] raw = {};

  private OnnxTensor() {}

  static OnnxTensor read(CodedInputStream in) throws IOException {
    OnnxTensor tensor = new OnnxTensor();
    ProtobufFields.forEach(
        in,
        field -> {
          switch (field) {
            case OnnxFields.TENSOR_DIMS -> tensor.readShape(in);
            case OnnxFields.TENSOR_DATA_TYPE -> tensor.type = in.readEnum();
            case OnnxFields.TENSOR_NAME -> tensor.name = in.readString();
            case OnnxFields.TENSOR_RAW_DATA -> tensor.raw = in.readByteArray();
            default -> {
              return false;
            }
          }
          return true;
        });
    return tensor;
  }

  String name() {
    return name;
  }

  /**
   * Its values; empty unless float32.
   *
   * @throws CorruptWeightsException when they do not fill its shape
   */
  Optional<HostTensor> floats(String source) {
    if (type != OnnxFields.TYPE_FLOAT) {
      return Optional.empty();
    }
    if (shape.stream().anyMatch(dimension -> dimension < 0)) {
      throw new CorruptWeightsException(
          source, "tensor %s has the shape %s".formatted(name, shape));
    }
    long expected;
    try {
      expected = shape.stream().reduce((long) Float.BYTES, Math::multiplyExact);
    } catch (ArithmeticException e) {
      expected = Long.MAX_VALUE;
    }
    if (raw.length != expected) {
      throw new CorruptWeightsException(
          source,
          "tensor %s of shape %s takes %d bytes of raw data, it has %d"
              .formatted(name, shape, expected, raw.length));
    }
    float[] data = new float[raw.length / Float.BYTES];
    ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(data);
    return Optional.of(new HostTensor(shape.stream().mapToLong(Long::longValue).toArray(), data));
  }

  /** Repeated integers come packed from some writers and one by one from others. */
  private void readShape(CodedInputStream in) throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      shape.add(in.readInt64());
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      shape.add(in.readInt64());
    }
    in.popLimit(limit);
  }
}
