package io.millrace.event;

import io.millrace.example.DeadLetter;

/** Whoever wants to see dead letters that are on their topic: each once, by this process. */
public interface DeadLetterSink {

  /** Takes a letter; what it needs of the record it copies. Called on the writing thread. */
  void sent(DeadLetter letter);
}
