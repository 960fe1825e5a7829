package io.millrace.kafka;

import io.millrace.pipeline.InputPositions;
import io.millrace.pipeline.RecordReceiver;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Makes this instance the owner when it gets partitions, and a standby when it loses them. Each
 * partition starts where the last commit unit ends, or at its beginning where that has nothing of
 * it; the group's committed offsets do not decide.
 *
 * <p>A position that the log does not hold fails the channel: going on elsewhere would skip records
 * or train on them twice.
 */
@ApplicationScoped
@Identifier(PositionSeeker.NAME)
public class PositionSeeker implements KafkaConsumerRebalanceListener {

  static final String NAME = "millrace-positions";

  private static final Logger LOG = Logger.getLogger(PositionSeeker.class);

  private final RecordReceiver receiver;
  private volatile Optional<String> failure = Optional.empty();

  @Inject
  PositionSeeker(RecordReceiver receiver) {
    this.receiver = receiver;
  }

  /** Why reading could not start, empty while it could. Any thread. */
  Optional<String> failure() {
    return failure;
  }

  /**
   * Called on the polling thread.
   *
   * @throws IllegalStateException naming topic, partition, stored position and the log's range
   */
  @Override
  public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    Set<TopicPartition> all = consumer.assignment();
    if (all.isEmpty()) {
      return; // a standby
    }
    try {
      if (receiver.isOwner()) {
        seek(consumer, partitions, receiver.positions());
      } else {
        seek(consumer, all, receiver.takeOver(consumer.groupMetadata().generationId()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      consumer.pause(all);
    } catch (RuntimeException e) {
      failure = Optional.of(String.valueOf(e.getMessage()));
      LOG.error(e.getMessage());
      consumer.pause(all); // whatever polls on must not read them
      throw e;
    }
  }

  /**
   * What is not committed is lost. SmallRye calls this for lost partitions, too, so the reason can
   * only be told as an alternative.
   */
  @Override
  public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      receiver.giveUp(
          "the group has taken back "
              + partitions
              + ": another member gets them, or this one was silent for longer than"
              + " session.timeout.ms");
    }
  }

  private static void seek(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions, InputPositions stored) {
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    for (TopicPartition partition : partitions) {
      long start = starts.get(partition);
      long end = ends.get(partition);
      OptionalLong position = stored.of(partition.topic(), partition.partition());
      if (position.isPresent()) {
        check(partition, position.getAsLong(), start, end);
      }
      consumer.seek(partition, position.orElse(start));
      LOG.infof(
          "reads %s from offset %d%s; its log holds %d to %d",
          partition,
          position.orElse(start),
          position.isPresent() ? ", where the last checkpoint ends" : ", its beginning",
          start,
          end);
    }
  }

  private static void check(TopicPartition partition, long position, long start, long end) {
    if (position >= start && position <= end) {
      return;
    }
    String cause =
        position < start
            ? "records that were never read have been deleted (retention)"
            : "the topic was recreated, or the store belongs to another cluster";
    throw new IllegalStateException(
        "topic "
            + partition.topic()
            + " partition "
            + partition.partition()
            + ": the stored position "
            + position
            + " is outside the log, which holds "
            + start
            + " to "
            + end
            + ": "
            + cause
            + ". Restore the topic, or start over with an empty store.");
  }
}
