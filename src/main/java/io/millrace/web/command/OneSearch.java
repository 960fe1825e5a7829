package io.millrace.web.command;

import io.millrace.web.problem.RefusedException;
import java.util.concurrent.Semaphore;

/** Searches that read whole topics: one at a time, other requests are refused. Any thread. */
final class OneSearch {

  private final Semaphore free = new Semaphore(1);

  /**
   * Runs it on this thread.
   *
   * @throws RefusedException while another one runs
   */
  <T> T run(Search<T> search) throws InterruptedException {
    if (!free.tryAcquire()) {
      throw RefusedException.unavailable("Another search is under way: one at a time");
    }
    try {
      return search.find();
    } finally {
      free.release();
    }
  }

  /** Finds something, or refuses the request. */
  interface Search<T> {
    T find() throws InterruptedException;
  }
}
