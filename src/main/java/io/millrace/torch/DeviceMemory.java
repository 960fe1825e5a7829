package io.millrace.torch;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.function.Function;

/**
 * The memory of the device that trains, where it has its own.
 *
 * @param used bytes in use, by whatever process
 * @param total bytes it has
 */
public record DeviceMemory(long used, long total) {

  /** A GPU's, by its driver; empty for a CPU, whose memory is the process's. */
  public static Optional<DeviceMemory> of(Device device) {
    return of(device, CudaUtils::getGpuMemory);
  }

  /**
   * A device's.
   *
   * @param driver tells that of a GPU
   */
  public static Optional<DeviceMemory> of(Device device, Function<Device, MemoryUsage> driver) {
    if (!device.isGpu()) {
      return Optional.empty();
    }
    try {
      MemoryUsage memory = driver.apply(device);
      return Optional.of(new DeviceMemory(memory.getUsed(), memory.getMax()));
    } catch (RuntimeException e) {
      return Optional.empty(); // a driver that fails takes nothing else from the status
    }
  }
}
