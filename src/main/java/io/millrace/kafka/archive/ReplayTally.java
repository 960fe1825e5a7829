package io.millrace.kafka.archive;

import static io.millrace.kafka.DeadLetterRecords.header;

import io.millrace.example.InboundRecord;
import io.millrace.kafka.DeadLetterRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the outcomes of dead letters that are to be sent back. One thread. */
final class ReplayTally {

  private final Map<String, Long> sent = new TreeMap<>();
  private final List<String> kept = new ArrayList<>();
  private long superseded;
  private long sentBefore;

  void sent(InboundRecord letter) {
    sent.merge(
        "%s from %s"
            .formatted(
                header(letter, DeadLetterRecords.REASON).orElseThrow(),
                header(letter, DeadLetterRecords.TOPIC).orElseThrow()),
        1L,
        Long::sum);
  }

  void kept(String why) {
    kept.add(why);
  }

  void superseded() {
    superseded++;
  }

  void sentBefore() {
    sentBefore++;
  }

  DeadLetterReplay.Report report() {
    return new DeadLetterReplay.Report(sent, kept, superseded, sentBefore);
  }
}
