package io.millrace.serving;

import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Joins requests into forward passes: whoever comes while one runs waits, and the first of those
 * runs the next for all (flat combining, Hendler et al. 2010). Nobody waits for company, so a
 * single request is as fast as without. Any thread.
 */
final class MicroBatcher {

  private final int maxInputs;
  private final Function<TokenMatrix, float[][]> model;
  private final ReentrantLock pass = new ReentrantLock(/* fair= */ true);
  private final Deque<Request> waiting = new ArrayDeque<>();

  /**
   * @param maxInputs texts of a pass; a request of more is a pass of its own
   * @param model tokens {@code [B, T]} to logits {@code [B, L]}
   */
  MicroBatcher(int maxInputs, Function<TokenMatrix, float[][]> model) {
    this.maxInputs = maxInputs;
    this.model = model;
  }

  /**
   * Scores texts. Blocks for the pass under way and its own.
   *
   * @return {@code [B, L]} logits
   */
  float[][] logits(List<TokenizedText> texts) {
    Request own = new Request(texts);
    synchronized (waiting) {
      waiting.addLast(own);
    }
    pass.lock();
    try {
      while (!own.isDone()) {
        run(next());
      }
    } finally {
      pass.unlock();
    }
    return own.result();
  }

  /** Requests that no pass has taken yet. */
  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  /** Requests in the order in which they came. */
  private List<Request> next() {
    List<Request> batch = new ArrayList<>();
    int inputs = 0;
    synchronized (waiting) {
      while (!waiting.isEmpty()
          && (batch.isEmpty() || inputs + waiting.peekFirst().texts.size() <= maxInputs)) {
        Request request = waiting.removeFirst();
        batch.add(request);
        inputs += request.texts.size();
      }
    }
    return batch;
  }

  private void run(List<Request> batch) {
    try {
      float[][] logits =
          model.apply(
              TokenMatrix.of(batch.stream().flatMap(request -> request.texts.stream()).toList()));
      int row = 0;
      for (Request request : batch) {
        request.logits = Arrays.copyOfRange(logits, row, row + request.texts.size());
        row += request.texts.size();
      }
    } catch (RuntimeException | Error e) { // whoever waits must hear of it
      batch.forEach(request -> request.failure = e);
    }
  }

  /** Written by who runs its pass, read by its own thread behind the lock. */
  private static final class Request {

    private final List<TokenizedText> texts;
    private float[][] logits;
    private Throwable failure;

    Request(List<TokenizedText> texts) {
      this.texts = texts;
    }

    boolean isDone() {
      return logits != null || failure != null;
    }

    float[][] result() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
      return logits;
    }
  }
}
