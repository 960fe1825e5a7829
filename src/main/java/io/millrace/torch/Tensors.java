package io.millrace.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.torch.file.HostTensor;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies tensors, also between Java memory and a device. Always a copy: neither side sees the
 * other.
 */
public final class Tensors {

  private Tensors() {}

  /** A copy on the manager's device, owned by the manager. */
  public static NDArray toDevice(NDManager manager, HostTensor tensor) {
    Shape shape = new Shape(tensor.shape());
    if (manager.getDevice().isGpu()) {
      return manager.create(FloatBuffer.wrap(tensor.data()), shape, DataType.FLOAT32);
    }
    // DJL would keep a direct buffer alive beside the array; writing into libtorch's own memory
    // needs none, and it is aligned for vector instructions.
    NDArray array = manager.create(shape, DataType.FLOAT32);
    array.toByteBuffer(true).asFloatBuffer().put(tensor.data());
    return array;
  }

  /** A copy in Java memory. */
  public static HostTensor toHost(NDArray array) {
    return new HostTensor(array.getShape().getShape(), values(array));
  }

  private static float[] values(NDArray array) {
    if (array.getDevice().isGpu()) {
      return array.toFloatArray();
    }
    // One copy out of libtorch's own memory; DJL would make a byte array on the way.
    float[] values = new float[Math.toIntExact(array.size())];
    array.toByteBuffer(true).asFloatBuffer().get(values);
    return values;
  }

  /** A copy of each in Java memory, in the map's order. */
  public static Map<String, HostTensor> toHost(Map<String, NDArray> arrays) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    arrays.forEach((name, array) -> tensors.put(name, toHost(array)));
    return tensors;
  }

  /** A copy of each on its device, in the map's order and without gradients. The owner has them. */
  public static Map<String, NDArray> copy(Map<String, NDArray> arrays, NDManager owner) {
    Map<String, NDArray> copies = new LinkedHashMap<>();
    try (GradMode off = GradMode.off()) {
      arrays.forEach(
          (name, array) -> {
            NDArray copy = array.duplicate();
            copy.attach(owner);
            copies.put(name, copy);
          });
    }
    return copies;
  }
}
