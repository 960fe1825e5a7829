package io.millrace.pipeline;

import io.millrace.example.InboundRecord;
import io.millrace.example.RecordPosition;
import io.millrace.version.Provenance.OffsetRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A log that is a list. */
record ListedLog(List<InboundRecord> records) implements RecordLog {

  @Override
  public List<InboundRecord> read(String partition, long from, long to) {
    return records.stream()
        .filter(
            record ->
                key(record.position()).equals(partition)
                    && record.position().offset() >= from
                    && record.position().offset() < to)
        .toList();
  }

  @Override
  public Map<String, OffsetRange> partitions(String topic) {
    Map<String, OffsetRange> ranges = new TreeMap<>();
    records.stream()
        .map(InboundRecord::position)
        .filter(position -> position.topic().equals(topic))
        .forEach(
            position ->
                ranges.merge(
                    key(position),
                    new OffsetRange(position.offset(), position.offset() + 1),
                    (first, last) -> new OffsetRange(first.from(), last.to())));
    return ranges;
  }

  @Override
  public void close() {}

  private static String key(RecordPosition position) {
    return InputPositions.key(position.topic(), position.partition());
  }
}
