package io.millrace.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.lang.management.MemoryUsage;
import org.junit.jupiter.api.Test;

class DeviceMemoryTest {

  @Test
  void aGpusMemoryIsWhatItsDriverTells() {
    assertThat(
            DeviceMemory.of(Device.gpu(3), gpu -> new MemoryUsage(-1, gpu.getDeviceId(), 140, 140)))
        .contains(new DeviceMemory(3, 140));
  }

  @Test
  void aCpuHasNoneOfItsOwnAndNobodyIsAsked() {
    assertThat(
            DeviceMemory.of(
                Device.cpu(),
                cpu -> {
                  throw new AssertionError("there is no driver");
                }))
        .isEmpty();
  }

  @Test
  void aDriverThatFailsIsNoFailureOfTheStatus() {
    assertThat(
            DeviceMemory.of(
                Device.gpu(),
                gpu -> {
                  throw new IllegalStateException("the GPU has fallen off the bus");
                }))
        .isEmpty();
  }
}
