package io.millrace.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** Checkpoints whose whole content follows from their step. */
final class Units {

  private Units() {}

  /** About 12 bytes a value. */
  static Checkpoint at(long step, int values) {
    return new Checkpoint(
        step,
        Map.of(
            "weights", tensors(step, values),
            "first-moments", tensors(step + 1000, values),
            "second-moments", tensors(step + 2000, values)),
        Map.of("progress", ("{\"step\":" + step + "}").getBytes(StandardCharsets.UTF_8)));
  }

  static Checkpoint at(long step) {
    return at(step, 6);
  }

  /** Saves as the owner of term 1 would; the folder's name. */
  static String save(CheckpointStore store, Checkpoint checkpoint) throws IOException {
    return save(store, 1, checkpoint);
  }

  /** Saves as the owner of a term would; the folder's name. */
  static String save(CheckpointStore store, long term, Checkpoint checkpoint) throws IOException {
    CheckpointId id = new CheckpointId(term, checkpoint.step(), 1);
    store.save(id, checkpoint);
    return id.toString();
  }

  /** Bit for bit; not by recursive comparison, which takes seconds on so many values. */
  static void assertSame(Checkpoint found, Checkpoint expected) {
    assertThat(found.step()).isEqualTo(expected.step());
    assertThat(found.documents()).containsOnlyKeys(expected.documents().keySet());
    expected
        .documents()
        .forEach((name, bytes) -> assertThat(found.documents().get(name)).isEqualTo(bytes));
    assertThat(found.tensors()).containsOnlyKeys(expected.tensors().keySet());
    expected
        .tensors()
        .forEach(
            (group, tensors) -> {
              assertThat(found.tensors().get(group)).containsOnlyKeys(tensors.keySet());
              tensors.forEach(
                  (name, tensor) -> assertSame(found.tensors().get(group).get(name), tensor));
            });
  }

  private static void assertSame(HostTensor found, HostTensor expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    assertThat(Arrays.mismatch(found.data(), expected.data())).isEqualTo(-1);
  }

  private static Map<String, HostTensor> tensors(long seed, int values) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] data = new float[values];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextDouble();
    }
    return Map.of(
        "classifier.weight", new HostTensor(new long[] {2, values / 2}, data),
        "classifier.bias", new HostTensor(new long[] {2}, new float[] {seed, -0.0f}));
  }
}
