package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.MetricRecord;
import io.millrace.event.MetricsSink;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/**
 * Sends metrics as they happen, in order, without ever holding the training thread up: records wait
 * in a bounded queue, and while the broker is away the oldest are dropped and counted.
 */
@ApplicationScoped
public class KafkaMetricsSink implements MetricsSink {

  private static final Logger LOG = Logger.getLogger(KafkaMetricsSink.class);
  private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** About an hour of steps at three a second. */
  static final int WAITING = 10_000;

  static final int UNDER_WAY = 256;

  private final RecordSender metrics;
  private final TopicSettings topics;
  private final AtomicInteger calls = new AtomicInteger();
  private final Deque<ProducerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
  private int underWay;
  private long dropped;
  private long droppedBefore;
  private long reportedAt = System.nanoTime() - REPORT_NANOS;

  @Inject
  KafkaMetricsSink(@Identifier(OutputChannels.METRICS) RecordSender metrics, TopicSettings topics) {
    this.metrics = metrics;
    this.topics = topics;
  }

  @Override
  public void accept(MetricRecord record) {
    if (record instanceof MetricRecord.Evaluated || record instanceof MetricRecord.Commanded) {
      return; // a decision or an answer: it goes out with the commit unit, exactly once
    }
    add(
        new ProducerRecord<>(
            topics.metrics(), record.model().getBytes(UTF_8), MetricsJson.bytes(record)));
    sendWhatFits();
  }

  /** Records dropped since the start. */
  synchronized long dropped() {
    return dropped;
  }

  private synchronized void add(ProducerRecord<byte[], byte[]> record) {
    if (waiting.size() == WAITING) {
      waiting.removeFirst();
      drop("the broker does not take them");
    }
    waiting.addLast(record);
  }

  /** One thread at a time sends; a call meanwhile makes it look again, so order is kept. */
  private void sendWhatFits() {
    if (calls.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      for (ProducerRecord<byte[], byte[]> next = next(); next != null; next = next()) {
        var unused = metrics.send(next).whenComplete((done, failure) -> done(failure));
      }
      seen = calls.addAndGet(-seen);
    }
  }

  private synchronized ProducerRecord<byte[], byte[]> next() {
    if (underWay == UNDER_WAY || waiting.isEmpty()) {
      return null;
    }
    underWay++;
    return waiting.removeFirst();
  }

  private void done(Throwable failure) {
    synchronized (this) {
      underWay--;
      if (failure != null) {
        drop(failure.getMessage());
      }
    }
    sendWhatFits();
  }

  /** Holding the lock. */
  private void drop(String cause) {
    dropped++;
    long now = System.nanoTime();
    if (now - reportedAt >= REPORT_NANOS) {
      LOG.warnf(
          "%d metrics dropped since the last report, %d in all: %s",
          dropped - droppedBefore, dropped, cause);
      reportedAt = now;
      droppedBefore = dropped;
    }
  }
}
