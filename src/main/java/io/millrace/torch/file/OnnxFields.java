package io.millrace.torch.file;

/** Field numbers of {@code onnx.proto} (github.com/onnx/onnx), IR version 3 and later. */
final class OnnxFields {

  static final int MODEL_GRAPH = 7;

  static final int GRAPH_NODE = 1;
  static final int GRAPH_INITIALIZER = 5;

  static final int NODE_INPUT = 1;
  static final int NODE_NAME = 3;
  static final int NODE_OP_TYPE = 4;

  static final int TENSOR_DIMS = 1;
  static final int TENSOR_DATA_TYPE = 2;
  static final int TENSOR_NAME = 8;
  static final int TENSOR_RAW_DATA = 9;

  /** {@code TensorProto.DataType.FLOAT}. */
  static final int TYPE_FLOAT = 1;

  private OnnxFields() {}
}
