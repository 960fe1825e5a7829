package io.millrace.pipeline;

import io.millrace.example.DeadLetter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Sends refused records and knows which the broker has: a checkpoint behind them waits for that, so
 * that none is lost in a crash. Training thread only.
 */
final class DeadLetterOffice {

  private static final Logger LOG = Logger.getLogger(DeadLetterOffice.class);

  private final DeadLetterSink sink;
  private final List<Sent> underWay = new ArrayList<>();

  DeadLetterOffice(DeadLetterSink sink) {
    this.sink = sink;
  }

  void send(DeadLetter letter) {
    underWay.add(new Sent(letter, sink.send(letter).toCompletableFuture()));
  }

  /**
   * Waits until the broker has every letter; those that failed are sent again.
   *
   * @return false when some are still under way after the time-out
   */
  boolean settle(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (int i = 0; i < underWay.size(); i++) {
      Sent sent = underWay.get(i);
      try {
        sent.done().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        LOG.errorf(
            "dead letter of %s was not accepted, it is sent again: %s",
            sent.letter().record().position(), e.getCause().getMessage());
        underWay.set(i, new Sent(sent.letter(), sink.send(sent.letter()).toCompletableFuture()));
      } catch (TimeoutException e) {
        LOG.errorf("dead letter of %s is not on the broker yet", sent.letter().record().position());
      }
    }
    underWay.removeIf(sent -> sent.done().isDone() && !sent.done().isCompletedExceptionally());
    return underWay.isEmpty();
  }

  private record Sent(DeadLetter letter, CompletableFuture<Void> done) {}
}
