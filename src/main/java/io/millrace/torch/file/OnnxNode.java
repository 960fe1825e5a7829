package io.millrace.torch.file;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An operator of the graph ({@code NodeProto}). */
record OnnxNode(String name, String operator, List<String> inputs) {

  private static final String MATMUL = "MatMul";

  static OnnxNode read(CodedInputStream in) throws IOException {
    List<String> inputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> operators = new ArrayList<>();
    ProtobufFields.forEach(
        in,
        field -> {
          switch (field) {
            case OnnxFields.NODE_INPUT -> inputs.add(in.readString());
            case OnnxFields.NODE_NAME -> names.add(in.readString());
            case OnnxFields.NODE_OP_TYPE -> operators.add(in.readString());
            default -> {
              return false;
            }
          }
          return true;
        });
    return new OnnxNode(String.join("", names), String.join("", operators), inputs);
  }

  /** The Hugging Face name of the matrix that this node multiplies by, if it is a linear layer. */
  Optional<String> linearWeight() {
    if (!operator.equals(MATMUL) || inputs.size() != 2 || !name.endsWith("/" + MATMUL)) {
      return Optional.empty();
    }
    String path = name.substring(0, name.length() - MATMUL.length() - 1);
    return Optional.of(
        (path.startsWith("/") ? path.substring(1) : path).replace('/', '.') + ".weight");
  }
}
