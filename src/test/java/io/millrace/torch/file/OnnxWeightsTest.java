package io.millrace.torch.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.millrace.testing.Fuzz;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models of a few bytes, written field by field by onnx.proto. */
class OnnxWeightsTest {

  @Test
  void namedInitializersKeepTheirNames() throws IOException {
    byte[] model = model(tensor("embeddings.LayerNorm.bias", 1, floats(1, 2), 2));

    Map<String, HostTensor> weights = read(model);

    assertThat(weights).containsOnlyKeys("embeddings.LayerNorm.bias");
    assertThat(weights.get("embeddings.LayerNorm.bias").data()).containsExactly(1, 2);
  }

  @Test
  void aLinearLayerIsNamedByItsNodeAndTransposed() throws IOException {
    // Given: the node's number says nothing of its place
    byte[] model =
        model(
            node("MatMul", "/encoder/layer.1/output/dense/MatMul", "hidden", "onnx::MatMul_7"),
            tensor("onnx::MatMul_7", 1, floats(1, 2, 3, 4, 5, 6), 2, 3));

    // When
    Map<String, HostTensor> weights = read(model);

    // Then
    assertThat(weights).containsOnlyKeys("encoder.layer.1.output.dense.weight");
    HostTensor weight = weights.get("encoder.layer.1.output.dense.weight");
    assertThat(weight.shape()).containsExactly(3, 2);
    assertThat(weight.data()).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void constantsOfTheGraphAndIntegersAreLeftOut() throws IOException {
    byte[] model =
        model(
            tensor("embeddings.position_ids", 7, new byte[16], 2),
            tensor("onnx::Div_3", 1, floats(2)),
            tensor("pooler.dense.bias", 1, floats(9), 1));

    assertThat(read(model)).containsOnlyKeys("pooler.dense.bias");
  }

  @Test
  void shapesMayBePackedOrNot() throws IOException {
    byte[] packed =
        message(
            out -> {
              out.writeByteArray(1, new byte[] {1, 2});
              out.writeEnum(2, 1);
              out.writeString(8, "w");
              out.writeByteArray(9, floats(3, 4));
            });

    assertThat(read(model(new Field(5, packed))).get("w").shape()).containsExactly(1, 2);
  }

  @Test
  void dataThatDoesNotFillTheShapeIsRefused() {
    byte[] model = model(tensor("w", 1, floats(1, 2, 3), 2, 2));

    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessage(
            "tiny.onnx is no valid ONNX file: tensor w of shape [2, 2] takes 16 bytes of raw data,"
                + " it has 12");
  }

  @Test
  void aLinearLayerThatIsNoMatrixIsRefused() {
    byte[] model =
        model(node("MatMul", "/a/MatMul", "x", "onnx::M"), tensor("onnx::M", 1, floats(1), 1));

    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessage("tiny.onnx is no valid ONNX file: tensor onnx::M is no matrix: HostTensor[1]");
  }

  @Test
  void aFileWithoutWeightsIsRefused() {
    assertThatThrownBy(() -> read(new byte[0]))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessage("tiny.onnx is no valid ONNX file: it holds no weights");
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    // Given
    byte[] whole =
        model(
            node("MatMul", "/a/MatMul", "x", "onnx::M"), tensor("onnx::M", 1, floats(1, 2), 1, 2));
    assertThat(read(whole)).containsOnlyKeys("a.weight");

    // When / Then
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut))
          .as("%d bytes", length)
          .isInstanceOf(CorruptWeightsException.class)
          .hasMessageStartingWith("tiny.onnx is no valid ONNX file: ");
    }
  }

  @Test
  void aFileOfAnotherKindIsRefused() {
    assertThatThrownBy(() -> read("{\"json\": \"is no protobuf\"}".getBytes(UTF_8)))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageStartingWith("tiny.onnx is no valid ONNX file: ");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anyFileIsReadOrRefused() {
    byte[] valid =
        model(
            node("MatMul", "/encoder/layer.1/output/dense/MatMul", "hidden", "onnx::MatMul_7"),
            tensor("onnx::MatMul_7", 1, floats(1, 2, 3, 4, 5, 6), 2, 3),
            tensor("embeddings.position_ids", 7, new byte[16], 2),
            tensor("embeddings.LayerNorm.bias", 1, floats(1, 2), 2));

    Fuzz.each(
        valid,
        20_000,
        input -> {
          Map<String, HostTensor> weights;
          try {
            weights = read(input);
          } catch (CorruptWeightsException refused) {
            assertThat(refused).hasMessageStartingWith("tiny.onnx is no valid ONNX file: ");
            return;
          }
          assertThat(weights.values())
              .allSatisfy(
                  tensor ->
                      assertThat(Arrays.stream(tensor.shape()))
                          .allMatch(dimension -> dimension >= 0));
        });
  }

  @Test
  void negativeDimensionsAreRefusedThoughTheirProductFits() {
    byte[] model = model(tensor("w", 1, floats(1, 2), -1, -2));

    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining("tensor w has the shape [-1, -2]");
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTensorOfAMillionDimensionsIsRefusedAtOnce() {
    byte[] dimensions = new byte[1 << 20];
    Arrays.fill(dimensions, (byte) 2);
    byte[] model = model(new Field(5, message(out -> out.writeByteArray(1, dimensions))));

    assertThatThrownBy(() -> read(model)).isInstanceOf(CorruptWeightsException.class);
  }

  @Test
  void groupsNestedWithoutEndAreRefused() {
    byte[] groups = new byte[1 << 20];
    Arrays.fill(groups, (byte) ((2 << 3) | WireFormat.WIRETYPE_START_GROUP));

    assertThatThrownBy(() -> read(groups)).isInstanceOf(CorruptWeightsException.class);
  }

  @Test
  void dataOfTwoGigabytesIsRefusedBeforeItIsAllocated() {
    byte[] model =
        message(
            out -> {
              out.writeTag(7, WireFormat.WIRETYPE_LENGTH_DELIMITED);
              out.writeUInt32NoTag(Integer.MAX_VALUE - 100);
              out.writeTag(5, WireFormat.WIRETYPE_LENGTH_DELIMITED);
              out.writeUInt32NoTag(Integer.MAX_VALUE - 200);
              out.writeTag(9, WireFormat.WIRETYPE_LENGTH_DELIMITED);
              out.writeUInt32NoTag(Integer.MAX_VALUE - 300);
            });

    Fuzz.offer(
        model,
        input -> assertThatThrownBy(() -> read(input)).isInstanceOf(CorruptWeightsException.class));
  }

  private static Map<String, HostTensor> read(byte[] model) throws IOException {
    return OnnxWeights.read(new ByteArrayInputStream(model), "tiny.onnx");
  }

  private static byte[] model(Field... graph) {
    byte[] fields =
        message(
            out -> {
              out.writeString(2, "main_graph");
              for (Field field : graph) {
                out.writeByteArray(field.number(), field.message());
              }
            });
    return message(
        out -> {
          out.writeInt64(1, 7); // ir_version
          out.writeByteArray(7, fields);
        });
  }

  private static Field node(String operator, String name, String... inputs) {
    return new Field(
        1,
        message(
            out -> {
              for (String input : inputs) {
                out.writeString(1, input);
              }
              out.writeString(2, "output");
              out.writeString(3, name);
              out.writeString(4, operator);
            }));
  }

  private static Field tensor(String name, int type, byte[] raw, long... shape) {
    return new Field(
        5,
        message(
            out -> {
              for (long dimension : shape) {
                out.writeInt64(1, dimension);
              }
              out.writeEnum(2, type);
              out.writeString(8, name);
              out.writeBytes(9, ByteString.copyFrom(raw));
            }));
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Field(int number, byte[] message) {}

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }
}
