package io.millrace.pipeline;

import io.millrace.example.DeadLetter;
import java.util.concurrent.CompletionStage;

/** Where refused records go. */
public interface DeadLetterSink {

  /** Sends; completes when the broker has it. A checkpoint waits for that. */
  CompletionStage<Void> send(DeadLetter letter);
}
