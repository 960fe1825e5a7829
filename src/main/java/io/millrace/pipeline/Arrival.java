package io.millrace.pipeline;

import io.millrace.evaluation.HeldOutExample;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.tokenize.TokenizedExample;

/** What one record came to. Each record comes to exactly one of these. */
sealed interface Arrival {

  /** The record itself: its position is covered by the chunk, and a dead letter forwards it. */
  InboundRecord record();

  /** An example to train on. */
  record ToTrain(InboundRecord record, TokenizedExample example) implements Arrival {}

  /** An example to score only. */
  record ToScore(InboundRecord record, HeldOutExample example) implements Arrival {}

  /** A record to dead-letter. */
  record ToRefuse(DeadLetter letter) implements Arrival {
    @Override
    public InboundRecord record() {
      return letter.record();
    }
  }
}
