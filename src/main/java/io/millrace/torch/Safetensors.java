package io.millrace.torch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: 8 bytes of header length, a JSON header, raw little-endian data. Reading
 * checks what the reference implementation checks (github.com/huggingface/safetensors), so that a
 * truncated or damaged file is never taken for weights.
 */
public final class Safetensors {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MAX_HEADER = 100_000_000;
  private static final int PIECE = 1 << 22;

  private Safetensors() {}

  /**
   * Reads every floating-point tensor as float32 (F32, F16 and BF16); tensors of integers, such as
   * {@code position_ids}, are left out.
   *
   * @return by name, in the order of their data
   * @throws CorruptWeightsException when the file breaks the format
   */
  public static Map<String, HostTensor> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long headerLength = headerLength(file, channel, size);
      JsonNode header = header(file, channel, headerLength);
      List<Entry> entries = entries(file, header, size - 8 - headerLength);
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      for (Entry entry : entries) {
        if (entry.type().isFloat) {
          float[] data = floats(channel, 8 + headerLength + entry.begin(), entry);
          tensors.put(entry.name(), new HostTensor(entry.shape(), data));
        }
      }
      return tensors;
    }
  }

  /**
   * Writes float32 tensors and forces them to disk.
   *
   * @param file created, or replaced
   * @param tensors in the order they are written
   * @param metadata the header's {@code __metadata__}; {@code {"format": "pt"}} for Hugging Face
   */
  public static void write(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      byte[] header = header(tensors, metadata);
      ByteBuffer front = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
      front.putLong(header.length).put(header).flip();
      writeFully(channel, front);
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
      for (HostTensor tensor : tensors.values()) {
        for (int from = 0; from < tensor.data().length; from += PIECE / 4) {
          int count = Math.min(PIECE / 4, tensor.data().length - from);
          piece.clear();
          piece.asFloatBuffer().put(tensor.data(), from, count);
          piece.limit(4 * count);
          writeFully(channel, piece);
        }
      }
      channel.force(true);
    }
  }

  private static byte[] header(Map<String, HostTensor> tensors, Map<String, String> metadata) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode meta = root.putObject("__metadata__");
    metadata.forEach(meta::put);
    long offset = 0;
    for (Map.Entry<String, HostTensor> entry : tensors.entrySet()) {
      ObjectNode node = root.putObject(entry.getKey());
      node.put("dtype", "F32");
      ArrayNode shape = node.putArray("shape");
      for (long dimension : entry.getValue().shape()) {
        shape.add(dimension);
      }
      long end = offset + 4L * entry.getValue().data().length;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    // Padded with spaces so that the data is aligned, as the reference implementation does.
    byte[] padded = java.util.Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    java.util.Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static long headerLength(Path file, FileChannel channel, long size) throws IOException {
    if (size < 8) {
      throw new CorruptWeightsException(
          file, "it has " + size + " bytes, the header length alone takes 8");
    }
    long length = read(channel, 0, 8).getLong();
    if (length < 2 || length > MAX_HEADER) {
      throw new CorruptWeightsException(
          file, "its header length is " + length + ", allowed are 2 to " + MAX_HEADER);
    }
    if (8 + length > size) {
      throw new CorruptWeightsException(
          file, "its header ends at byte " + (8 + length) + " but the file has " + size + " bytes");
    }
    return length;
  }

  private static JsonNode header(Path file, FileChannel channel, long length) throws IOException {
    try {
      JsonNode header = JSON.readTree(read(channel, 8, (int) length).array());
      if (header == null || !header.isObject()) {
        throw new CorruptWeightsException(file, "its header is not a JSON object");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw new CorruptWeightsException(file, "its header is not valid JSON");
    }
  }

  private static List<Entry> entries(Path file, JsonNode header, long dataLength) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        entries.add(Entry.parse(file, field.getKey(), field.getValue()));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long expected = 0;
    for (Entry entry : entries) {
      if (entry.begin() != expected) {
        throw new CorruptWeightsException(
            file,
            "tensor %s starts at byte %d of the data, expected %d"
                .formatted(entry.name(), entry.begin(), expected));
      }
      expected = entry.end();
      if (expected > dataLength) {
        throw new CorruptWeightsException(
            file,
            "tensor %s ends at byte %d of the data, the file has %d: it is truncated"
                .formatted(entry.name(), expected, dataLength));
      }
    }
    if (expected != dataLength) {
      throw new CorruptWeightsException(
          file, "it has " + (dataLength - expected) + " bytes behind its last tensor");
    }
    return entries;
  }

  private static float[] floats(FileChannel channel, long position, Entry entry)
      throws IOException {
    int width = entry.type().bytes;
    float[] data = new float[Math.toIntExact((entry.end() - entry.begin()) / width)];
    for (int from = 0; from < data.length; from += PIECE / 4) {
      int count = Math.min(PIECE / 4, data.length - from);
      ByteBuffer piece = read(channel, position + (long) from * width, count * width);
      entry.type().decode(piece, data, from, count);
    }
    return data;
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      int unused = channel.write(buffer);
    }
  }

  /** One tensor of the header; {@code begin} and {@code end} count from the start of the data. */
  private record Entry(String name, Type type, long[] shape, long begin, long end) {

    static Entry parse(Path file, String name, JsonNode node) {
      String dtype = node.path("dtype").asText();
      Type type =
          Type.of(dtype)
              .orElseThrow(
                  () ->
                      new CorruptWeightsException(
                          file, "tensor " + name + " has the unknown dtype \"" + dtype + "\""));
      JsonNode offsets = node.path("data_offsets");
      if (!node.path("shape").isArray() || offsets.size() != 2) {
        throw new CorruptWeightsException(
            file, "tensor " + name + " lacks \"shape\" or \"data_offsets\"");
      }
      long[] shape = new long[node.path("shape").size()];
      long bytes = type.bytes;
      for (int i = 0; i < shape.length; i++) {
        shape[i] = node.path("shape").get(i).asLong(-1);
        bytes = shape[i] < 0 ? -1 : bytes * shape[i];
      }
      long begin = offsets.get(0).asLong(-1);
      long end = offsets.get(1).asLong(-1);
      if (begin < 0 || end - begin != bytes) {
        throw new CorruptWeightsException(
            file,
            "tensor %s of shape %s and dtype %s takes %d bytes, its offsets span %d"
                .formatted(name, java.util.Arrays.toString(shape), dtype, bytes, end - begin));
      }
      return new Entry(name, type, shape, begin, end);
    }
  }

  private enum Type {
    F32(4, true),
    F16(2, true),
    BF16(2, true),
    I64(8, false),
    I32(4, false),
    U8(1, false),
    BOOL(1, false);

    private final int bytes;
    private final boolean isFloat;

    Type(int bytes, boolean isFloat) {
      this.bytes = bytes;
      this.isFloat = isFloat;
    }

    static java.util.Optional<Type> of(String dtype) {
      return java.util.Arrays.stream(values()).filter(type -> type.name().equals(dtype)).findAny();
    }

    void decode(ByteBuffer from, float[] to, int offset, int count) {
      if (this == F32) {
        from.asFloatBuffer().get(to, offset, count);
        return;
      }
      for (int i = 0; i < count; i++) {
        short bits = from.getShort();
        to[offset + i] = this == BF16 ? Float.intBitsToFloat(bits << 16) : half(bits);
      }
    }

    /** IEEE 754 binary16 to binary32; the JDK has it from 20 on only. */
    private static float half(short bits) {
      int exponent = bits >> 10 & 0x1f;
      int mantissa = bits & 0x3ff;
      float magnitude =
          switch (exponent) {
            case 0 -> mantissa * 0x1p-24f;
            case 31 -> mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            default -> Float.intBitsToFloat(exponent + 112 << 23 | mantissa << 13);
          };
      return bits < 0 ? -magnitude : magnitude;
    }
  }
}
