package io.millrace.kafka.input;

import io.millrace.example.InboundRecord;
import io.millrace.example.InboundRecord.Header;
import io.millrace.example.RecordPosition;
import io.millrace.intake.RecordReceiver;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jboss.logging.Logger;

/**
 * Hands what the consumer polled to the pipeline, poll by poll, in order. Blocks while the pipeline
 * is full.
 */
@ApplicationScoped
public class InputChannel {

  private static final Logger LOG = Logger.getLogger(InputChannel.class);

  private final RecordReceiver receiver;
  private volatile boolean closed;
  private volatile boolean interrupted;

  @Inject
  InputChannel(RecordReceiver receiver) {
    this.receiver = receiver;
  }

  /**
   * Takes one poll. Once the channel is closed or its worker was interrupted it takes nothing more:
   * a later poll would leave a gap after the records given up here.
   *
   * @param generation of the membership that polled
   */
  void receive(int generation, ConsumerRecords<byte[], byte[]> polled) {
    if (closed || interrupted) {
      return;
    }
    try {
      receiver.receive(generation, inbound(polled));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      interrupted = !closed;
    } catch (RuntimeException e) {
      if (!closed) {
        throw e;
      }
      LOG.debug("the pipeline is gone already", e);
    }
  }

  /** Takes nothing more from now on. Any thread. */
  void close() {
    closed = true;
  }

  /** True when something but a shut-down stopped the input. Any thread. */
  public boolean interrupted() {
    return interrupted;
  }

  /** The polled records, partition by partition, each in offset order. */
  public static List<InboundRecord> inbound(ConsumerRecords<byte[], byte[]> polled) {
    List<InboundRecord> records = new ArrayList<>(polled.count());
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      records.add(inbound(record));
    }
    return records;
  }

  public static InboundRecord inbound(ConsumerRecord<byte[], byte[]> record) {
    List<Header> headers = new ArrayList<>();
    record.headers().forEach(header -> headers.add(new Header(header.key(), header.value())));
    return new InboundRecord(
        new RecordPosition(record.topic(), record.partition(), record.offset()),
        record.key(),
        record.value(),
        headers,
        record.timestamp());
  }
}
