package io.millrace.serving.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Joins requests into passes on a thread of its own: what comes while one runs shares the next.
 * Nobody waits for company, so a single request is as fast as without. Any thread may ask and none
 * is kept waiting; one thread that scores needs no more than one team of native threads.
 */
final class MicroBatcher implements AutoCloseable {

  /** Full passes that may wait: more would be answered when nobody wants to know any longer. */
  private static final int PASSES_WAITING = 64;

  private final int maxInputs;
  private final Function<List<TextInput>, float[][]> model;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Request> waiting = new ArrayDeque<>();
  private int inputsWaiting;
  private boolean closed;

  /**
   * @param threadName of the thread that calls the model
   * @param maxInputs texts of a pass; a request of more is a pass of its own
   * @param model texts {@code [B]} to logits {@code [B, L]}
   */
  MicroBatcher(String threadName, int maxInputs, Function<List<TextInput>, float[][]> model) {
    this.maxInputs = maxInputs;
    this.model = model;
    this.thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Scores texts. What is done with the answer is done on the scoring thread: nothing that blocks.
   *
   * @return {@code [B, L]} logits, or the request's own failure; {@link OverloadedException} where
   *     too many wait
   */
  CompletableFuture<float[][]> logits(List<TextInput> inputs) {
    Request request = new Request(inputs, new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      if (inputsWaiting + inputs.size() > PASSES_WAITING * maxInputs && !waiting.isEmpty()) {
        return CompletableFuture.failedFuture(new OverloadedException(inputsWaiting));
      }
      waiting.addLast(request);
      inputsWaiting += inputs.size();
      changed.signal();
    } finally {
      lock.unlock();
    }
    return request.answer;
  }

  /** Texts that no pass has taken yet. */
  int waiting() {
    lock.lock();
    try {
      return inputsWaiting;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    for (List<Request> pass = next(); !pass.isEmpty(); pass = next()) {
      score(pass);
    }
  }

  /** Requests in the order in which they came; none once it is closed. Waits for the first. */
  private List<Request> next() {
    List<Request> pass = new ArrayList<>();
    int inputs = 0;
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      while (!waiting.isEmpty()
          && (pass.isEmpty() || inputs + waiting.peekFirst().inputs.size() <= maxInputs)) {
        Request request = waiting.removeFirst();
        pass.add(request);
        inputs += request.inputs.size();
      }
      inputsWaiting -= inputs;
    } finally {
      lock.unlock();
    }
    return pass;
  }

  private void score(List<Request> pass) {
    float[][] logits;
    try {
      logits = model.apply(pass.stream().flatMap(request -> request.inputs.stream()).toList());
    } catch (RuntimeException | Error e) { // whoever waits must hear of it, and the thread go on
      if (pass.size() == 1) {
        pass.get(0).answer.completeExceptionally(e);
      } else { // one of them is the cause, and the others are not to blame
        pass.forEach(request -> score(List.of(request)));
      }
      return;
    }
    int row = 0;
    for (Request request : pass) {
      int end = row + request.inputs.size();
      request.answer.complete(Arrays.copyOfRange(logits, row, end));
      row = end;
    }
  }

  /** Ends the thread after the last request. A call from that thread itself does not wait. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Request(List<TextInput> inputs, CompletableFuture<float[][]> answer) {}
}
