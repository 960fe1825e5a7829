package io.millrace.intake;

import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.identity.InputSource;
import io.millrace.version.Provenance.OffsetRange;
import java.util.List;
import java.util.Map;

/** Past records of the input, by position. One thread. */
public interface RecordLog extends AutoCloseable {

  /**
   * Reads a range of one partition.
   *
   * @param from the first offset
   * @param to the offset behind the last
   * @return what the log still holds of it, in order
   */
  List<InboundRecord> read(Partition partition, long from, long to) throws InterruptedException;

  /** What is there of a topic, in order of the partitions. */
  Map<Partition, OffsetRange> partitions(String topic);

  /** What the broker says of the topics that the records are in. */
  default InputSource source() throws InterruptedException {
    return InputSource.UNKNOWN;
  }

  @Override
  void close();
}
