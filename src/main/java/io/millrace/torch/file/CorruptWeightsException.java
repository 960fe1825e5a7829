package io.millrace.torch.file;

import java.nio.file.Path;

/** A weights file that breaks its format; the message names file, tensor where known, and rule. */
public final class CorruptWeightsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CorruptWeightsException(Path file, String rule) {
    super(file + " is no valid safetensors file: " + rule);
  }

  CorruptWeightsException(String onnx, String rule) {
    super(onnx + " is no valid ONNX file: " + rule);
  }
}
