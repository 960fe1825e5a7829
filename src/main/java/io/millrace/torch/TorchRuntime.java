package io.millrace.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.TreeMap;

/** The libtorch of this process. */
public final class TorchRuntime {

  private TorchRuntime() {}

  /** What results depend on besides data and settings. */
  public static Map<String, String> environment(Device device) {
    return new TreeMap<>(
        Map.of(
            "engine", "PyTorch " + engine().getVersion(),
            "device", name(device),
            "java", System.getProperty("java.version"),
            "arch", System.getProperty("os.arch"),
            "instruction-set", InstructionSet.name(),
            "threads", Integer.toString(JniUtils.getNumThreads()),
            "processors", Integer.toString(Runtime.getRuntime().availableProcessors())));
  }

  /** A device as the setting {@code millrace.device} names it: {@code cpu}, {@code gpu:0}. */
  public static String name(Device device) {
    return device.isGpu() ? "gpu:" + device.getDeviceId() : device.getDeviceType();
  }

  private static Engine engine() {
    return Engine.getEngine("PyTorch");
  }
}
