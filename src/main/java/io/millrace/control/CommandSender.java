package io.millrace.control;

import java.util.concurrent.CompletionStage;

/** Puts commands where the owner reads them, whichever instance that is. Any thread. */
public interface CommandSender {

  /**
   * Sends a command's JSON.
   *
   * @return completes once the broker has it
   */
  CompletionStage<Void> send(byte[] command);
}
