package io.millrace.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.torch.GradMode;

/** The machine's matrix-product peak, as this libtorch and its threads reach it. */
final class MatmulPeak {

  private static final int SIZE = 2048;
  private static final int TIMES = 12;

  private MatmulPeak() {}

  /** Floating-point operations a second in fp32: the best of several products of 2048 x 2048. */
  static double measure() {
    double best = Double.POSITIVE_INFINITY;
    try (NDManager scope = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        GradMode off = GradMode.off()) {
      NDArray one = scope.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      NDArray other = scope.randomUniform(-1, 1, new Shape(SIZE, SIZE));
      for (int i = 0; i < TIMES; i++) {
        best = Math.min(best, Stopwatch.seconds(() -> one.matMul(other).close()));
      }
    }
    return 2.0 * SIZE * SIZE * SIZE / best;
  }
}
