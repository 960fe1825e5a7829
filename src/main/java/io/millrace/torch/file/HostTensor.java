package io.millrace.torch.file;

import java.util.Arrays;

/**
 * A float32 tensor in Java memory, row-major: how weights travel between files, threads and
 * devices. Whoever made it may hand it on; nobody writes to {@code data} after that.
 *
 * @param shape its dimensions; empty for a scalar
 * @param data its values, as many as the product of the dimensions
 */
@SuppressWarnings(
    "ArrayRecordComponent") // tens of millions of floats; compared by content in tests
public record HostTensor(long[] shape, float[] data) {

  public HostTensor {
    long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (size != data.length) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " needs " + size + " values, got " + data.length);
    }
  }

  public static HostTensor zeros(long[] shape) {
    return new HostTensor(
        shape, new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
  }

  /**
   * This tensor's rows, followed by the rows of another.
   *
   * @param all its shape but for more rows; those that both have are taken from this
   */
  public HostTensor withRowsOf(HostTensor all) {
    float[] values = all.data.clone();
    System.arraycopy(data, 0, values, 0, data.length);
    return new HostTensor(all.shape, values);
  }

  @Override
  public String toString() {
    return "HostTensor" + Arrays.toString(shape);
  }
}
