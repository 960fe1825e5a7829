package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.example.Decoded;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.model.BaseModelException;
import io.millrace.model.ModelConfigJson;
import io.millrace.publication.VersionEvent;
import io.millrace.testing.Mutations;
import io.millrace.testing.TinyBert;
import io.millrace.testing.Versions;
import io.millrace.torch.CorruptWeightsException;
import io.millrace.torch.HostTensor;
import io.millrace.torch.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever bytes come in, they are either taken or refused with the exception that says why: no
 * other, no hang, and no allocation that the input's own size does not justify.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FuzzTest {

  private static final long SEED = 20;

  @TempDir Path folder;

  @Test
  void anExampleIsTakenOrRefusedWithAReason() {
    // Given
    ExampleDecoder decoder = new ExampleDecoder(1000);
    byte[] valid =
        """
        {"id": "4711", "text": "I was charged twice", "text_pair": "really", "label": "billing",
         "timestamp": "2026-01-31T09:30:00Z", "weight": 1.5, "other": [1, {"a": null}]}
        """
            .getBytes(StandardCharsets.UTF_8);

    // When
    long accepted =
        Mutations.of(valid, SEED, 20_000)
            .map(bytes -> decoder.decode(record(bytes)))
            .filter(decoded -> decoded instanceof Decoded.Accepted)
            .count();

    // Then
    assertThat(accepted).as("neither all nor none").isBetween(100L, 19_000L);
  }

  @Test
  void weightsAreReadOrRefusedAsCorrupt() throws IOException {
    // Given
    Path file = folder.resolve("model.safetensors");
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("a.weight", new HostTensor(new long[] {2, 3}, new float[6]));
    tensors.put("b.bias", new HostTensor(new long[] {4}, new float[4]));
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    byte[] valid = Files.readAllBytes(file);

    for (byte[] bytes : Mutations.of(valid, SEED, 5_000).toList()) {
      // When
      Files.write(file, bytes);
      Throwable thrown = catchThrowable(() -> Safetensors.read(file));

      // Then
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(CorruptWeightsException.class);
        assertThat(thrown).hasMessageContaining("model.safetensors");
      }
    }
  }

  @Test
  void aHeaderOfAnExabyteIsRefusedBeforeAnythingIsAllocated() throws IOException {
    for (long length : new long[] {1L << 60, Long.MAX_VALUE, -1, 100_000_001, 1 << 30}) {
      // Given
      Path file = folder.resolve("huge.safetensors");
      Files.write(
          file, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());

      // Then
      assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(CorruptWeightsException.class);
    }
  }

  @Test
  void aTensorOfAnExabyteIsRefusedBeforeItIsAllocated() throws IOException {
    for (String tensor :
        List.of(
            "{\"dtype\":\"F32\",\"shape\":[1152921504606846976],\"data_offsets\":[0,4]}",
            "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4611686018427387904]}",
            "{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}",
            "{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[4,0]}")) {
      // Given
      byte[] header = ("{\"x\":" + tensor + "}").getBytes(StandardCharsets.UTF_8);
      Path file = folder.resolve("huge.safetensors");
      Files.write(
          file,
          ByteBuffer.allocate(Long.BYTES + header.length + 4)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(header.length)
              .put(header)
              .array());

      // Then
      assertThatThrownBy(() -> Safetensors.read(file))
          .as(tensor)
          .isInstanceOf(CorruptWeightsException.class);
    }
  }

  @Test
  void aConfigIsReadOrRefusedByName() throws IOException {
    // Given
    Path file = folder.resolve("config.json");
    byte[] valid = ModelConfigJson.write(TinyBert.config(0.1), List.of("low", "high"));

    for (byte[] bytes : Mutations.of(valid, SEED, 5_000).toList()) {
      // When
      Files.write(file, bytes);
      Throwable thrown = catchThrowable(() -> ModelConfigJson.read(file));

      // Then
      if (thrown != null) {
        assertThat(thrown)
            .as(new String(bytes, StandardCharsets.UTF_8))
            .isInstanceOf(BaseModelException.class);
        assertThat(thrown).hasMessageContaining("config.json");
      }
    }
  }

  @Test
  void anAnnouncementIsReadOrRefused() {
    byte[] valid = VersionEvent.json(Versions.version(3)).getBytes(StandardCharsets.UTF_8);

    Mutations.of(valid, SEED, 5_000)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .forEach(
            event -> {
              Throwable thrown = catchThrowable(() -> VersionEvent.parse(event));
              if (thrown != null) {
                assertThat(thrown).as(event).isInstanceOf(IllegalArgumentException.class);
              }
            });
  }

  @Test
  void theMutationsAreMany() {
    byte[] valid = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);

    assertThat(Mutations.of(valid, SEED, 1_000).map(Arrays::toString).distinct().count())
        .isGreaterThan(600);
  }

  private static InboundRecord record(byte[] value) {
    return new InboundRecord(new RecordPosition("examples", 0, 1), null, value, List.of(), 0);
  }
}
