package io.millrace.web.live;

import io.millrace.event.MetricRecord;
import io.millrace.event.MetricsSink;
import io.millrace.version.ModelVersion;
import io.millrace.web.history.WebSettings;
import io.millrace.web.problem.TooManyStreamsException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Hands every metric record and version to the streams that are open. Each has a bounded buffer; a
 * reader that lets it fill is cut off (it may come back and read the history). Publishing only
 * enqueues: writing happens on worker threads.
 */
@ApplicationScoped
public class EventHub implements MetricsSink {

  /** Events on their way from the buffer to the reader; few, for only the buffer's size is set. */
  static final int HANDED_OVER = 16;

  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
  private final Semaphore places;
  private final int buffer;
  private final Executor worker;

  @Inject
  EventHub(WebSettings settings) {
    this(settings, Infrastructure.getDefaultWorkerPool());
  }

  EventHub(WebSettings settings, Executor worker) {
    this.places = new Semaphore(settings.maxEventStreams());
    this.buffer = settings.eventBuffer();
    this.worker = worker;
  }

  @Override
  public void accept(MetricRecord record) {
    // What grows with the square of the labels has an endpoint of its own.
    MetricRecord sent = record instanceof MetricRecord.Evaluated done ? done.brief() : record;
    send(new LiveEvent(record.type(), sent));
  }

  void announced(@ObservesAsync ModelVersion version) {
    send(new LiveEvent("version", version));
  }

  /**
   * Opens a stream of what happens from now on. The caller subscribes once; cancelling gives the
   * place back.
   *
   * @param cutOff called once, on the publishing thread, when the buffer is full; no event follows
   * @throws TooManyStreamsException when all places are taken
   */
  Multi<LiveEvent> open(Runnable cutOff) {
    if (!places.tryAcquire()) {
      throw new TooManyStreamsException();
    }
    EventStream stream = new EventStream(cutOff);
    streams.add(stream);
    return stream.events.emitOn(worker, HANDED_OVER).onTermination().invoke(() -> forget(stream));
  }

  /** Open streams. */
  int streams() {
    return streams.size();
  }

  private void send(LiveEvent event) {
    streams.forEach(stream -> stream.send(event));
  }

  private boolean forget(EventStream stream) {
    boolean open = streams.remove(stream);
    if (open) {
      places.release();
    }
    return open;
  }

  private final class EventStream {
    private final BlockingQueue<LiveEvent> waiting = new ArrayBlockingQueue<>(buffer);
    private final UnicastProcessor<LiveEvent> events = UnicastProcessor.create(waiting, null);
    private final Runnable cutOff;

    EventStream(Runnable cutOff) {
      this.cutOff = cutOff;
    }

    /** Versions and records come from different threads. */
    synchronized void send(LiveEvent event) {
      if (waiting.remainingCapacity() > 0) {
        events.onNext(event);
      } else if (forget(this)) {
        cutOff.run();
      }
    }
  }

  /**
   * One server-sent event.
   *
   * @param name its {@code event:} field: {@code step}, {@code chunk}, {@code evaluation}, {@code
   *     drift}, {@code command}, {@code version} or {@code status}
   * @param data its {@code data:} field, as JSON
   */
  record LiveEvent(String name, Object data) {}
}
