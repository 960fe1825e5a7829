package io.millrace.torch.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * One tensor of a safetensors header, checked by itself: its shape fills its offsets.
 *
 * @param type type of its values
 * @param shape its dimensions
 * @param begin its first byte, counted from the start of the data
 * @param end the byte after its last
 */
@SuppressWarnings("ArrayRecordComponent")
record SafetensorsEntry(String name, SafetensorsType type, long[] shape, long begin, long end) {

  /** The number of values. */
  int count() {
    return (int) ((end - begin) / type.bytes());
  }

  static SafetensorsEntry parse(Path file, String name, JsonNode node) {
    String dtype = node.path("dtype").asText();
    SafetensorsType type =
        SafetensorsType.of(dtype)
            .orElseThrow(
                () ->
                    new CorruptWeightsException(
                        file, "tensor %s has the unknown dtype \"%s\"".formatted(name, dtype)));
    long[] shape = naturals(file, name, "shape", node);
    long[] offsets = naturals(file, name, "data_offsets", node);
    if (offsets.length != 2) {
      throw new CorruptWeightsException(
          file, "tensor %s has %d \"data_offsets\", expected 2".formatted(name, offsets.length));
    }
    long span = offsets[1] - offsets[0];
    Optional<Long> bytes = size(shape, type);
    if (bytes.isEmpty() || bytes.get() != span) {
      throw new CorruptWeightsException(
          file,
          "tensor %s of shape %s and dtype %s takes %s bytes, its offsets span %d"
              .formatted(
                  name,
                  Arrays.toString(shape),
                  dtype,
                  bytes.map(String::valueOf).orElse("more than 2^63"),
                  span));
    }
    if (span / type.bytes() > Integer.MAX_VALUE) {
      throw new CorruptWeightsException(
          file,
          "tensor %s has %d values, at most %d can be read"
              .formatted(name, span / type.bytes(), Integer.MAX_VALUE));
    }
    return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
  }

  private static long[] naturals(Path file, String tensor, String field, JsonNode node) {
    JsonNode array = node.path(field);
    boolean valid =
        array.isArray()
            && StreamSupport.stream(array.spliterator(), false)
                .allMatch(n -> n.isIntegralNumber() && n.canConvertToLong() && n.longValue() >= 0);
    if (!valid) {
      throw new CorruptWeightsException(
          file,
          "tensor %s: \"%s\" must be an array of integers from 0, is %s"
              .formatted(tensor, field, array.isMissingNode() ? "missing" : array));
    }
    return StreamSupport.stream(array.spliterator(), false)
        .mapToLong(JsonNode::longValue)
        .toArray();
  }

  /** Bytes of a tensor; empty where a long cannot hold them. */
  private static Optional<Long> size(long[] shape, SafetensorsType type) {
    try {
      return Optional.of(Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }
}
