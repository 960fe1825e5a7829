package io.millrace.intake;

import io.millrace.example.Amendment;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.example.RecordPosition;
import io.millrace.tokenize.TokenizedText;
import java.util.Optional;

/** A record that is decoded and tokenized, but whose label's index is not known yet. */
sealed interface PendingRecord {

  /** Objects around the record, a bound rather than a measure. */
  long OVERHEAD = 512;

  InboundRecord record();

  /** Bytes of heap, about. */
  default long bytes() {
    return OVERHEAD + record().size();
  }

  /**
   * An example.
   *
   * @param outdated of one that was sent back: what a later record has done to it meanwhile
   */
  record Example(
      InboundRecord record,
      LabelledExample example,
      TokenizedText text,
      Optional<Amendment.Kind> outdated)
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

  /**
   * Takes back.
   *
   * @param origin where it stands, or where it came from if it was sent back
   */
  record Retraction(InboundRecord record, RecordPosition origin, String id)
      implements PendingRecord {}

  record Refused(DeadLetter letter) implements PendingRecord {
    @Override
    public InboundRecord record() {
      return letter.record();
    }
  }
}
