package io.millrace.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.Map;
import java.util.TreeMap;

/** The libtorch of this process. */
public final class TorchRuntime {

  private TorchRuntime() {}

  /**
   * The device to train on.
   *
   * @param setting {@code auto} (a GPU when the engine sees one), {@code cpu} or {@code gpu:N}
   * @throws IllegalArgumentException when there is no such GPU
   */
  public static Device device(String setting) {
    int gpus = engine().getGpuCount();
    if (setting.equals("cpu") || (setting.equals("auto") && gpus == 0)) {
      return Device.cpu();
    }
    int index = setting.equals("auto") ? 0 : Integer.parseInt(setting.substring("gpu:".length()));
    if (index >= gpus) {
      throw new IllegalArgumentException(
          "millrace.device is %s, but the engine sees %d GPUs".formatted(setting, gpus));
    }
    return Device.gpu(index);
  }

  /** What results depend on besides data and settings. */
  public static Map<String, String> environment(Device device) {
    return new TreeMap<>(
        Map.of(
            "engine", "PyTorch " + engine().getVersion(),
            "device", device.toString(),
            "java", System.getProperty("java.version"),
            "arch", System.getProperty("os.arch"),
            "processors", Integer.toString(Runtime.getRuntime().availableProcessors())));
  }

  private static Engine engine() {
    return Engine.getEngine("PyTorch");
  }
}
