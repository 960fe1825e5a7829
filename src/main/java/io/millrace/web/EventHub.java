package io.millrace.web;

import io.millrace.pipeline.MetricRecord;
import io.millrace.pipeline.MetricsSink;
import io.millrace.publication.ModelVersion;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import java.util.Set;
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

  private final Set<MultiEmitter<? super LiveEvent>> streams = ConcurrentHashMap.newKeySet();
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
    send(new LiveEvent(record.type(), record));
  }

  void announced(@ObservesAsync ModelVersion version) {
    send(new LiveEvent("version", version));
  }

  /**
   * A stream of what happens from the subscription on; it fails with {@link SlowReaderException}
   * when its buffer overflows.
   *
   * @throws TooManyStreamsException when all places are taken; a subscription that lost the race
   *     for the last one fails with it
   */
  Multi<LiveEvent> events() {
    if (places.availablePermits() == 0) {
      throw new TooManyStreamsException();
    }
    return Multi.createFrom()
        .<LiveEvent>emitter(this::open, buffer)
        .onFailure(failure -> !(failure instanceof TooManyStreamsException))
        .transform(SlowReaderException::new)
        .emitOn(worker, HANDED_OVER);
  }

  /** Open streams. */
  int streams() {
    return streams.size();
  }

  private void open(MultiEmitter<? super LiveEvent> stream) {
    if (!places.tryAcquire()) {
      stream.fail(new TooManyStreamsException());
      return;
    }
    streams.add(stream);
    stream.onTermination(
        () -> {
          if (streams.remove(stream)) {
            places.release();
          }
        });
  }

  private void send(LiveEvent event) {
    streams.forEach(stream -> stream.emit(event));
  }

  /**
   * One server-sent event.
   *
   * @param name its {@code event:} field: {@code step}, {@code chunk}, {@code evaluation}, {@code
   *     version} or {@code status}
   * @param data its {@code data:} field, as JSON
   */
  record LiveEvent(String name, Object data) {}

  /** The reader let its buffer overflow. */
  static final class SlowReaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SlowReaderException(Throwable cause) {
      super(cause);
    }
  }

  /** All places are taken. */
  static final class TooManyStreamsException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
