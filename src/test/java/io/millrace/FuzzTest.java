package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.checkpoint.CheckpointId;
import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.model.BaseModels;
import io.millrace.model.arch.Architectures;
import io.millrace.model.arch.BaseModelException;
import io.millrace.model.arch.Bert;
import io.millrace.testing.Examples;
import io.millrace.testing.Fuzz;
import io.millrace.testing.Labels;
import io.millrace.testing.Mutations;
import io.millrace.testing.TinyBert;
import io.millrace.testing.TinyTokenizer;
import io.millrace.testing.Versions;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.file.CorruptWeightsException;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ModelVersion;
import io.millrace.version.TrainerStarted;
import io.millrace.version.VersionEvent;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever bytes come in, they are either taken or refused with the exception that says why: no
 * other, no hang, and no allocation that the input's own size does not justify.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzTest {

  @TempDir Path folder;

  @Test
  void anExampleIsTakenOrRefusedWithAReason() {
    // Given
    ExampleDecoder decoder = new ExampleDecoder(1000, "group", Labels.TASK);
    byte[] valid =
        """
        {"id": "4711", "text": "I was charged twice", "text_pair": "really", "label": "billing",
         "timestamp": "2026-01-31T09:30:00Z", "weight": 1.5, "other": [1, {"a": null}]}
        """
            .getBytes(StandardCharsets.UTF_8);

    // When
    AtomicInteger accepted = new AtomicInteger();
    Fuzz.each(
        valid,
        20_000,
        input -> {
          if (decoder.decode(record(input)) instanceof Decoded.Accepted) {
            accepted.incrementAndGet();
          }
        });

    // Then
    assertThat(accepted.get()).as("neither all nor none").isBetween(100, 19_000);
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

    Fuzz.each(
        valid,
        2_000,
        input -> {
          // When
          Files.write(file, input);
          Throwable thrown = catchThrowable(() -> Safetensors.read(file));

          // Then
          if (thrown != null) {
            assertThat(thrown)
                .isInstanceOf(CorruptWeightsException.class)
                .hasMessageContaining("model.safetensors");
          }
        });
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
    byte[] valid = new Bert(TinyBert.config(0.1)).configJson(List.of("low", "high"));

    Fuzz.each(
        valid,
        2_000,
        input -> {
          // When
          Files.write(file, input);
          Throwable thrown = catchThrowable(() -> Architectures.read(file));

          // Then
          if (thrown != null) {
            assertThat(thrown)
                .isInstanceOf(BaseModelException.class)
                .hasMessageContaining("config.json");
          }
        });
  }

  @Test
  void anAnnouncementIsReadWholeOrRefused() {
    List<ArtifactFile> files = List.of(new ArtifactFile("config.json", 17, "ab".repeat(32)));
    byte[] valid = VersionEvent.json(Versions.version(3, files)).getBytes(StandardCharsets.UTF_8);

    Fuzz.each(
        valid,
        5_000,
        input -> {
          // When
          ModelVersion read;
          try {
            read = VersionEvent.parse(new String(input, StandardCharsets.UTF_8));
          } catch (IllegalArgumentException refused) {
            return;
          }

          // Then what was read can be announced again
          String again = VersionEvent.json(read);
          assertThat(VersionEvent.json(VersionEvent.parse(again))).isEqualTo(again);
        });
  }

  @Test
  void anOwnersStartIsNeverTakenForAVersion() {
    byte[] valid =
        new TrainerStarted("mail", "4711", "host", Examples.NOON)
            .json()
            .getBytes(StandardCharsets.UTF_8);

    Fuzz.each(
        valid,
        2_000,
        input ->
            assertThatThrownBy(() -> VersionEvent.parse(new String(input, StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class));
  }

  @Test
  void aUnitsNameIsReadOnlyAsItIsWritten() {
    byte[] valid = new CheckpointId(12, 345, 6).toString().getBytes(StandardCharsets.UTF_8);

    Fuzz.each(
        valid,
        20_000,
        input -> {
          String name = new String(input, StandardCharsets.UTF_8);
          CheckpointId.parse(name).ifPresent(unit -> assertThat(unit).hasToString(name));
        });
  }

  @Test
  void aTokenizerIsRefusedOrMakesIdsThatTheModelHasRowsFor() throws IOException {
    // Given
    Files.write(
        folder.resolve("config.json"),
        new Bert(TinyBert.config(0.1)).configJson(List.of("low", "high")));
    Safetensors.write(
        folder.resolve("model.safetensors"), TinyBert.base(0.1).weights(), Map.of("format", "pt"));

    Fuzz.each(
        TinyTokenizer.json(),
        500,
        input -> {
          // When
          Files.write(folder.resolve("tokenizer.json"), input);
          TokenizedText text;
          try {
            BaseModels.load(folder.toString());
            try (TextTokenizer tokenizer = TextTokenizer.fromJson(input, 16)) {
              text = tokenizer.tokenize("w7 w9 w30", Optional.of("w12 nonsense"));
            }
          } catch (BaseModelException | IllegalArgumentException refused) {
            return;
          }

          // Then
          assertThat(Arrays.stream(text.ids())).allMatch(id -> id >= 0 && id < TinyBert.VOCAB);
        });
  }

  @Test
  void theMutationsAreMany() {
    byte[] valid = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);

    assertThat(Mutations.of(valid, Fuzz.SEED, 1_000).map(Arrays::toString).distinct().count())
        .isGreaterThan(600);
  }

  private static InboundRecord record(byte[] value) {
    return new InboundRecord(new RecordPosition("examples", 0, 1), null, value, List.of(), 0);
  }
}
