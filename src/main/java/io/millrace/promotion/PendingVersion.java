package io.millrace.promotion;

import java.util.concurrent.CompletableFuture;

/** A version on its way: written first, then sent to where others load it. Any thread. */
public interface PendingVersion {

  /** The new version, once it may be announced. */
  CompletableFuture<Champion> champion();

  /** Whether it is written, and on its way. */
  boolean isSending();

  /** Waits until it is published, or an attempt to send it has failed. */
  void awaitEnd();

  /** Takes a failure as the end: no attempt follows the one under way. */
  void hurry();
}
