package io.millrace.run;

import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.intake.RecordLog;
import io.millrace.version.Provenance.OffsetRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A log that is a list. */
public record ListedLog(List<InboundRecord> records) implements RecordLog {

  @Override
  public List<InboundRecord> read(Partition partition, long from, long to) {
    return records.stream()
        .filter(
            record ->
                record.position().inPartition().equals(partition)
                    && record.position().offset() >= from
                    && record.position().offset() < to)
        .toList();
  }

  @Override
  public Map<Partition, OffsetRange> partitions(String topic) {
    Map<Partition, OffsetRange> ranges = new TreeMap<>();
    records.stream()
        .map(InboundRecord::position)
        .filter(position -> position.topic().equals(topic))
        .forEach(
            position ->
                ranges.merge(
                    position.inPartition(),
                    new OffsetRange(position.offset(), position.offset() + 1),
                    (first, last) -> new OffsetRange(first.from(), last.to())));
    return ranges;
  }

  @Override
  public void close() {}
}
