package io.millrace.torch.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  private static final String ONE =
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("model.safetensors");
  }

  @Test
  void whatIsWrittenIsReadBackInOrderBitForBit() throws IOException {
    // Given
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "z.weight", new HostTensor(new long[] {2, 3}, new float[] {1, -2, 3.5f, 0, -0f, 6}));
    tensors.put("scalar", new HostTensor(new long[] {}, new float[] {Float.MIN_VALUE}));
    tensors.put("a.\"ü\"", new HostTensor(new long[] {1}, new float[] {Float.NEGATIVE_INFINITY}));
    tensors.put("empty", new HostTensor(new long[] {0, 4}, new float[] {}));
    tensors.put("longer.than.a.piece", new HostTensor(new long[] {1_100_000}, ramp(1_100_000)));

    // When
    Safetensors.write(file, tensors, Map.of("format", "pt"));
    Map<String, HostTensor> read = Safetensors.read(file);

    // Then
    assertThat(read.keySet()).containsExactlyElementsOf(tensors.keySet());
    tensors.forEach(
        (name, tensor) -> {
          assertThat(read.get(name).shape()).containsExactly(tensor.shape());
          assertThat(Arrays.equals(read.get(name).data(), tensor.data())).as(name).isTrue();
        });
  }

  @Test
  void theWrittenBytesFollowTheFormat() throws IOException {
    // Given
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("w", new HostTensor(new long[] {1, 2}, new float[] {1.5f, -2}));
    tensors.put("b", new HostTensor(new long[] {1}, new float[] {3}));

    // When
    Safetensors.write(file, tensors, Map.of("format", "pt"));

    // Then
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = (int) bytes.getLong();
    assertThat(headerLength % 8).isZero();
    byte[] json = new byte[headerLength];
    bytes.get(json);
    assertThat((char) json[0]).isEqualTo('{');
    JsonNode header = new ObjectMapper().readTree(json);
    assertThat(header.toString())
        .isEqualTo(
            "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}");
    assertThat(new String(json, StandardCharsets.UTF_8).strip()).isEqualTo(header.toString());
    assertThat(bytes.getFloat()).isEqualTo(1.5f);
    assertThat(bytes.getFloat()).isEqualTo(-2f);
    assertThat(bytes.getFloat()).isEqualTo(3f);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void aShorterFileReplacesALongerOne() throws IOException {
    Safetensors.write(
        file, Map.of("a", new HostTensor(new long[] {100}, new float[100])), Map.of());

    Safetensors.write(file, Map.of("b", new HostTensor(new long[] {1}, new float[1])), Map.of());

    assertThat(Safetensors.read(file)).containsOnlyKeys("b");
  }

  @Test
  void halfPrecisionBecomesFloat32AndIntegersAreLeftOut() throws IOException {
    // Given: 1, -2, 2^-24 (subnormal), 65504 (largest), infinity in binary16; 1 and -3 in bfloat16
    ByteBuffer data = ByteBuffer.allocate(10 + 4 + 8 + 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int half : new int[] {0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x3f80, 0xc040}) {
      data.putShort((short) half);
    }
    data.putDouble(0.1).putLong(4).putLong(5);
    write(
        """
        {"ids":{"dtype":"I64","shape":[2],"data_offsets":[22,38]},
         "half":{"dtype":"F16","shape":[5],"data_offsets":[0,10]},
         "double":{"dtype":"F64","shape":[1],"data_offsets":[14,22]},
         "brain":{"dtype":"BF16","shape":[2],"data_offsets":[10,14]}}\
        """,
        data.array());

    // When
    Map<String, HostTensor> read = Safetensors.read(file);

    // Then
    assertThat(read.keySet()).containsExactly("half", "brain", "double");
    assertThat(read.get("half").data())
        .containsExactly(1, -2, 0x1p-24f, 65504, Float.POSITIVE_INFINITY);
    assertThat(read.get("brain").data()).containsExactly(1, -3);
    assertThat(read.get("double").data()).containsExactly(0.1f);
  }

  @Test
  void aMissingFileIsAnOrdinaryIoError() {
    assertThatThrownBy(() -> Safetensors.read(file)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aFileOfAFewBytesIsNoSafetensorsFile() throws IOException {
    Files.write(file, new byte[5]);

    assertCorrupt("it has 5 bytes, the header length alone takes 8");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "100000001, 100000001",
    "-1, 18446744073709551615" // unsigned in the file
  })
  void aHeaderLengthOutsideTheLimitsIsRefused(long length, String shown) throws IOException {
    Files.write(file, littleEndian(16).putLong(length).array());

    assertCorrupt("its header length is " + shown + ", allowed are 2 to 100000000");
  }

  @Test
  void aHeaderBeyondTheEndOfTheFileIsRefused() throws IOException {
    Files.write(file, littleEndian(16).putLong(1000).array());

    assertCorrupt("its header ends at byte 1008 but the file has 16 bytes");
  }

  @Test
  void aGitLargeFilePointerIsNotTakenForWeights() throws IOException {
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\n");

    assertCorrupt("its header length is 2336927755350992246, allowed are 2 to 100000000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1] | its header is not a JSON object",
        "` {}` | its header is not a JSON object",
        "{\"a\": | its header is not valid JSON: Unexpected end-of-input within/between Object"
            + " entries",
        "{} {} | its header is not valid JSON: Trailing token (of type START_OBJECT) found after"
            + " value (bound as `com.fasterxml.jackson.databind.JsonNode`): not allowed as per"
            + " `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`",
        "{\"__metadata__\":{\"a\":1}} | __metadata__ must be an object of strings",
        "{\"__metadata__\":[]} | __metadata__ must be an object of strings",
        "{\"a\":3} | tensor a has the unknown dtype \"\"",
        "{\"a\":{\"dtype\":\"F8_E4M3\"}} | tensor a has the unknown dtype \"F8_E4M3\"",
        "{\"a\":{\"dtype\":\"F32\"}} | tensor a: \"shape\" must be an array of integers from 0, is"
            + " missing",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5]}} | tensor a: \"shape\" must be an array of"
            + " integers from 0, is [1.5]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"0\":0}}} | tensor a:"
            + " \"data_offsets\" must be an array of integers from 0, is {\"0\":0}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}} | tensor a:"
            + " \"data_offsets\" must be an array of integers from 0, is [-4,0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4]}} | tensor a has 1"
            + " \"data_offsets\", expected 2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | tensor a of shape [3]"
            + " and dtype F32 takes 12 bytes, its offsets span 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}} |"
            + " tensor a of shape [4611686018427387904, 4] and dtype F32 takes more than 2^63"
            + " bytes, its offsets span 0",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296],\"data_offsets\":[0,4294967296]}} |"
            + " tensor a has 4294967296 values, at most 2147483647 can be read",
      })
  void aHeaderThatBreaksARuleIsRefused(String header, String rule) throws IOException {
    write(header, new byte[8]);

    assertCorrupt(rule);
  }

  @Test
  void aNameThatAppearsTwiceIsRefused() throws IOException {
    String tensor = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    write("{" + tensor + "," + tensor + "}", new byte[8]);

    assertCorrupt("its header is not valid JSON: Duplicate field 'a'");
  }

  @Test
  void aFileCutAnywhereIsRefusedAndTheCutTensorNamed() throws IOException {
    // Given
    write(ONE, new byte[8]);
    byte[] whole = Files.readAllBytes(file);
    assertThat(Safetensors.read(file)).containsOnlyKeys("a");

    // When / Then
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Safetensors.read(file))
          .as("%d bytes", length)
          .isInstanceOf(CorruptWeightsException.class)
          .hasMessageStartingWith(file + " is no valid safetensors file: ");
    }
    assertCorrupt("tensor a ends at byte 8 of the data, the file has 7: it is truncated");
  }

  @Test
  void bytesBehindTheLastTensorAreRefused() throws IOException {
    write(ONE, new byte[11]);

    assertCorrupt("it has 3 bytes after its last tensor");
  }

  @Test
  void aHoleBetweenTensorsIsRefused() throws IOException {
    write(
        """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
         "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}\
        """,
        new byte[12]);

    assertCorrupt("tensor b starts at byte 8 of the data, expected 4");
  }

  @Test
  void tensorsThatShareBytesAreRefused() throws IOException {
    write(
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
         "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}\
        """,
        new byte[8]);

    assertCorrupt("tensor b starts at byte 4 of the data, expected 8");
  }

  private void assertCorrupt(String rule) {
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessage(file + " is no valid safetensors file: " + rule);
  }

  private void write(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Files.write(
        file,
        littleEndian(8 + json.length + data.length)
            .putLong(json.length)
            .put(json)
            .put(data)
            .array());
  }

  private static ByteBuffer littleEndian(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static float[] ramp(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    return values;
  }
}
