package io.millrace.mutation;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.example.RecordPosition;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A committed file of mutated records; {@code src/test/python/mutated_records.py} writes it and
 * says what is in it.
 *
 * @param settings that the service is to have, by property name
 * @param labels in the order of the model's rows at the end, by base
 * @param records in the order of sending
 */
record MutatedRecords(
    Map<String, String> settings, Map<String, List<String>> labels, List<MutatedRecord> records) {

  private static final String SELECTION = "mutated-500.jsonl.gz";
  private static final String ALL = "mutated-20000.jsonl.gz";

  private static final ObjectMapper JSON = JsonMapper.builder().build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNameLength(100_000).build());
  }

  /** A seeded selection of 500, for every build. */
  static MutatedRecords selection() {
    return read(SELECTION);
  }

  /** All 20,000. */
  static MutatedRecords all() {
    return read(ALL);
  }

  /** The sha256 that the script had when it wrote each file, in hexadecimal. */
  static List<String> generators() throws IOException {
    List<String> generators = new ArrayList<>();
    for (String name : List.of(SELECTION, ALL)) {
      try (BufferedReader lines = lines(name)) {
        generators.add(JSON.readTree(lines.readLine()).get("generator").asText());
      }
    }
    return generators;
  }

  private static MutatedRecords read(String name) {
    try (BufferedReader lines = lines(name)) {
      JsonNode head = JSON.readTree(lines.readLine());
      Map<String, String> settings = new HashMap<>();
      head.get("settings")
          .properties()
          .forEach(one -> settings.put(one.getKey(), one.getValue().asText()));
      Map<String, List<String>> labels = new HashMap<>();
      head.get("labels")
          .properties()
          .forEach(
              one -> {
                List<String> names = new ArrayList<>();
                one.getValue().forEach(label -> names.add(label.asText()));
                labels.put(one.getKey(), names);
              });
      List<MutatedRecord> records = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        records.add(new MutatedRecord(JSON.readTree(line)));
      }
      return new MutatedRecords(settings, labels, records);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedReader lines(String name) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            new GZIPInputStream(MutatedRecords.class.getResourceAsStream(name)),
            StandardCharsets.UTF_8));
  }

  /** The records by where they stand once they are sent in their order, by the topics' names. */
  Map<RecordPosition, MutatedRecord> positions(Map<String, String> topics) {
    Map<String, Long> next = new HashMap<>();
    Map<RecordPosition, MutatedRecord> positions = new HashMap<>();
    for (MutatedRecord record : records) {
      String topic = topics.get(record.topic());
      long offset = next.merge(topic + "-" + record.partition(), 1L, Long::sum) - 1;
      positions.put(new RecordPosition(topic, record.partition(), offset), record);
    }
    return positions;
  }

  int segments() {
    return records.get(records.size() - 1).segment() + 1;
  }

  List<MutatedRecord> segment(int number) {
    return records.stream().filter(record -> record.segment() == number).toList();
  }
}
