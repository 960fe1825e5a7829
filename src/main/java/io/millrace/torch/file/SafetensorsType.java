package io.millrace.torch.file;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Types of values by their names in the format. The 8-bit floats and smaller are not read. */
enum SafetensorsType {
  F64(8, true),
  F32(4, true),
  F16(2, true),
  BF16(2, true),
  I64(8, false),
  U64(8, false),
  I32(4, false),
  U32(4, false),
  I16(2, false),
  U16(2, false),
  I8(1, false),
  U8(1, false),
  BOOL(1, false);

  private final int bytes;
  private final boolean isFloat;

  SafetensorsType(int bytes, boolean isFloat) {
    this.bytes = bytes;
    this.isFloat = isFloat;
  }

  static Optional<SafetensorsType> of(String dtype) {
    return Arrays.stream(values()).filter(type -> type.name().equals(dtype)).findAny();
  }

  /** The size of one value. */
  int bytes() {
    return bytes;
  }

  boolean isFloat() {
    return isFloat;
  }

  /**
   * Converts to float32: exact for F16 and BF16, rounded for F64.
   *
   * @param from little-endian values, {@code count} of them
   */
  void decode(ByteBuffer from, float[] to, int offset, int count) {
    switch (this) {
      case F32 -> from.asFloatBuffer().get(to, offset, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          to[offset + i] = (float) from.getDouble();
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          to[offset + i] = half(from.getShort());
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to[offset + i] = Float.intBitsToFloat(from.getShort() << 16);
        }
      }
      default -> throw new IllegalStateException(this + " is no floating-point type");
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
