package io.millrace.torch.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The JSON header of a safetensors file: which tensor lies where in the data after it. */
final class SafetensorsHeader {

  /** The reference implementation's limit. */
  private static final long MAX_LENGTH = 100_000_000;

  private static final int ALIGNMENT = 8;
  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafetensorsHeader() {}

  static void checkLength(Path file, long length, long fileSize) {
    if (length < 2 || length > MAX_LENGTH) {
      throw new CorruptWeightsException(
          file,
          "its header length is %s, allowed are 2 to %d"
              .formatted(Long.toUnsignedString(length), MAX_LENGTH));
    }
    long end = Long.BYTES + length;
    if (end > fileSize) {
      throw new CorruptWeightsException(
          file, "its header ends at byte " + end + " but the file has " + fileSize + " bytes");
    }
  }

  /**
   * @param dataLength bytes after the header
   * @return the tensors in the order of their data, which they cover without hole or overlap
   */
  static List<SafetensorsEntry> parse(Path file, byte[] json, long dataLength) {
    List<SafetensorsEntry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object(file, json).properties()) {
      if (field.getKey().equals(METADATA)) {
        checkMetadata(file, field.getValue());
      } else {
        entries.add(SafetensorsEntry.parse(file, field.getKey(), field.getValue()));
      }
    }
    entries.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    checkCoverage(file, entries, dataLength);
    return entries;
  }

  static byte[] encode(Map<String, HostTensor> tensors, Map<String, String> metadata) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode meta = root.putObject(METADATA);
    metadata.forEach(meta::put);
    long offset = 0;
    for (Map.Entry<String, HostTensor> entry : tensors.entrySet()) {
      ObjectNode node = root.putObject(entry.getKey());
      node.put("dtype", SafetensorsType.F32.name());
      ArrayNode shape = node.putArray("shape");
      for (long dimension : entry.getValue().shape()) {
        shape.add(dimension);
      }
      long end = offset + (long) Float.BYTES * entry.getValue().data().length;
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    // Padded with spaces so that the data is aligned, as the reference implementation does.
    int length = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] padded = Arrays.copyOf(json, length);
    Arrays.fill(padded, json.length, length, (byte) ' ');
    return padded;
  }

  private static JsonNode object(Path file, byte[] json) {
    // The format asks for "{" as the very first byte.
    if (json[0] != '{') {
      throw new CorruptWeightsException(file, "its header is not a JSON object");
    }
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new CorruptWeightsException(
          file, "its header is not valid JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CorruptWeightsException(file, "its header is not valid JSON: " + e.getMessage());
    }
  }

  private static void checkMetadata(Path file, JsonNode metadata) {
    boolean valid = metadata.isObject();
    for (JsonNode value : metadata) {
      valid &= value.isTextual();
    }
    if (!valid) {
      throw new CorruptWeightsException(file, METADATA + " must be an object of strings");
    }
  }

  private static void checkCoverage(Path file, List<SafetensorsEntry> entries, long dataLength) {
    long expected = 0;
    for (SafetensorsEntry entry : entries) {
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
          file, "it has " + (dataLength - expected) + " bytes after its last tensor");
    }
  }
}
