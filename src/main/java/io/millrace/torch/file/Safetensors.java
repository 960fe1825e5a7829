package io.millrace.torch.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format: 8 bytes of header length, a JSON header, raw little-endian data. Reading
 * checks what the reference implementation checks (github.com/huggingface/safetensors), so that a
 * truncated or damaged file is never taken for weights. Both ways go through one buffer of a few
 * megabytes, never a copy of the file.
 */
public final class Safetensors {

  private static final int PIECE = 1 << 22;

  private Safetensors() {}

  /**
   * Reads every floating-point tensor as float32 (F32, F16, BF16, F64); tensors of integers, such
   * as {@code position_ids}, are left out.
   *
   * @return by name, in the order of their data
   * @throws CorruptWeightsException when the file breaks the format; names tensor and rule
   * @throws IOException when it cannot be read
   */
  public static Map<String, HostTensor> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw new CorruptWeightsException(
            file, "it has " + size + " bytes, the header length alone takes 8");
      }
      long headerLength = readFully(channel, 0, littleEndian(Long.BYTES)).getLong();
      SafetensorsHeader.checkLength(file, headerLength, size);
      byte[] json =
          readFully(channel, Long.BYTES, littleEndian(Math.toIntExact(headerLength))).array();
      long dataStart = Long.BYTES + headerLength;
      List<SafetensorsEntry> entries = SafetensorsHeader.parse(file, json, size - dataStart);

      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      for (SafetensorsEntry entry : entries) {
        if (entry.type().isFloat()) {
          tensors.put(entry.name(), tensor(channel, dataStart, entry, piece));
        }
      }
      return tensors;
    }
  }

  /**
   * Writes float32 tensors and forces them to disk. A failure may leave a partial file.
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
      byte[] header = SafetensorsHeader.encode(tensors, metadata);
      writeFully(
          channel,
          littleEndian(Long.BYTES + header.length).putLong(header.length).put(header).flip());
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
      for (HostTensor tensor : tensors.values()) {
        float[] data = tensor.data();
        for (int from = 0; from < data.length; from += PIECE / Float.BYTES) {
          int count = Math.min(PIECE / Float.BYTES, data.length - from);
          piece.clear();
          piece.asFloatBuffer().put(data, from, count);
          writeFully(channel, piece.limit(Float.BYTES * count));
        }
      }
      channel.force(true);
    }
  }

  private static HostTensor tensor(
      FileChannel channel, long dataStart, SafetensorsEntry entry, ByteBuffer piece)
      throws IOException {
    int width = entry.type().bytes();
    float[] values = new float[entry.count()];
    int step = PIECE / width;
    for (int from = 0; from < values.length; from += step) {
      int count = Math.min(step, values.length - from);
      piece.clear().limit(count * width);
      readFully(channel, dataStart + entry.begin() + (long) from * width, piece);
      entry.type().decode(piece, values, from, count);
    }
    return new HostTensor(entry.shape(), values);
  }

  private static ByteBuffer littleEndian(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Fills the buffer up to its limit, and flips it. */
  private static ByteBuffer readFully(FileChannel channel, long position, ByteBuffer buffer)
      throws IOException {
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
}
