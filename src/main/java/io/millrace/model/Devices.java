package io.millrace.model;

import ai.djl.Device;
import ai.djl.engine.Engine;

/** From the setting {@code millrace.device} to a device. */
public final class Devices {

  private Devices() {}

  /**
   * @param setting {@code auto} (a GPU when the engine sees one, else the CPU), {@code cpu}, or
   *     {@code gpu:N}
   * @throws IllegalArgumentException when it names a GPU that the engine does not see
   */
  public static Device of(String setting) {
    if (setting.equals("cpu")) {
      return Device.cpu();
    }
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (setting.equals("auto")) {
      return gpus > 0 ? Device.gpu() : Device.cpu();
    }
    int index = Integer.parseInt(setting.substring("gpu:".length()));
    if (index >= gpus) {
      throw new IllegalArgumentException(
          "millrace.device is " + setting + ", but the engine sees " + gpus + " GPUs");
    }
    return Device.gpu(index);
  }
}
