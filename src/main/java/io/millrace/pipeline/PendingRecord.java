package io.millrace.pipeline;

import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.tokenize.TokenizedText;

/** A record that is decoded and tokenized, but whose label's index is not known yet. */
sealed interface PendingRecord {

  /** Objects around the record, a bound rather than a measure. */
  long OVERHEAD = 512;

  InboundRecord record();

  /** Bytes of heap, about. */
  default long bytes() {
    return OVERHEAD + record().size();
  }

  /** An example. */
  record Example(InboundRecord record, LabelledExample example, TokenizedText text)
      implements PendingRecord {

    @Override
    public long bytes() {
      long characters = example.text().length() + example.textPair().map(String::length).orElse(0);
      return OVERHEAD
          + record.size()
          + Character.BYTES * characters
          + 2L * Integer.BYTES * text.length();
    }
  }

  record Retraction(InboundRecord record, String id) implements PendingRecord {}

  record Refused(DeadLetter letter) implements PendingRecord {
    @Override
    public InboundRecord record() {
      return letter.record();
    }
  }
}
