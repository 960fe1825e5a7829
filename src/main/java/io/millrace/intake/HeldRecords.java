package io.millrace.intake;

import java.util.ArrayList;
import java.util.List;

/**
 * What waits for the label set, within bounds. One thread.
 *
 * <p>It can neither be sent nor let go before: dead letters ride in the transaction of a
 * checkpoint, which has the weights of a classifier, which needs the labels; and pausing the input
 * would end the learning, too.
 */
final class HeldRecords {

  private final int mostRecords;
  private final long mostBytes;
  private final List<PendingRecord> records = new ArrayList<>();
  private long bytes;

  HeldRecords(int mostRecords, long mostBytes) {
    this.mostRecords = mostRecords;
    this.mostBytes = mostBytes;
  }

  void add(PendingRecord record) {
    records.add(record);
    bytes += record.bytes();
  }

  boolean isFull() {
    return records.size() >= mostRecords || bytes >= mostBytes;
  }

  int size() {
    return records.size();
  }

  long bytes() {
    return bytes;
  }

  /** Labels of all examples held, held-out ones included. */
  List<String> labels() {
    return records.stream()
        .filter(PendingRecord.Example.class::isInstance)
        .flatMap(record -> ((PendingRecord.Example) record).example().target().asName().stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** All of them, in their order; they are no longer held. */
  List<PendingRecord> release() {
    List<PendingRecord> all = List.copyOf(records);
    records.clear();
    bytes = 0;
    return all;
  }
}
