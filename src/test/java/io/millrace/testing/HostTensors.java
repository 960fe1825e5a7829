package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.torch.file.HostTensor;
import java.util.Map;

/** Compares named tensors. */
public final class HostTensors {

  private HostTensors() {}

  /** The same names, shapes and values. */
  public static void assertSame(Map<String, HostTensor> found, Map<String, HostTensor> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(found.get(name).shape()).as(name).isEqualTo(tensor.shape());
          assertThat(found.get(name).data()).as(name).isEqualTo(tensor.data());
        });
  }
}
