package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.control.CommandPositions;
import io.millrace.control.CommandReceiver;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicSettings;
import io.millrace.problem.OpenProblems;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reads the control topic, beside the examples' channel, which stands still while training is
 * paused. What comes is for the owner; a standby only knows where the topic stood when it first saw
 * it. Where an owner begins:
 *
 * <ul>
 *   <li>where its checkpoint ends, if that knows the topic by its id; partitions that the
 *       checkpoint lacks were added since, and are read from their beginning
 *   <li>for a topic that was made anew since the checkpoint, at its beginning
 *   <li>for a model without a checkpoint, where the topic ended when this instance first saw it,
 *       and at the beginning of what was added since
 * </ul>
 *
 * On the follower's thread.
 */
@ApplicationScoped
public class ControlChannel implements TopicFollower.Reader {

  private static final Logger LOG = Logger.getLogger(ControlChannel.class);

  private final String topic;
  private final String model;
  private final CommandReceiver receiver;
  private final boolean enabled;
  private final TopicFollower follower;

  /** Where a model without a checkpoint begins. */
  private final Map<TopicPartition, Long> first = new HashMap<>();

  private final Map<TopicPartition, Long> begins = new HashMap<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private OptionalLong term = OptionalLong.empty();

  @Inject
  ControlChannel(
      KafkaClientSettings kafka,
      TopicSettings topics,
      @ConfigProperty(name = "millrace.model.name") String model,
      InstanceSettings instance,
      OpenProblems problems,
      CommandReceiver receiver) {
    this(
        kafka.properties(),
        topics.control(),
        model,
        instance.role() != Role.SERVE,
        problems,
        receiver,
        TopicFollower.LOOK_AGAIN);
  }

  ControlChannel(
      Map<String, Object> client,
      String topic,
      String model,
      boolean enabled,
      OpenProblems problems,
      CommandReceiver receiver,
      Duration lookAgain) {
    this.topic = topic;
    this.model = model;
    this.enabled = enabled;
    this.receiver = receiver;
    this.follower =
        new TopicFollower(client, topic, "millrace-control-" + model, problems, this, lookAgain);
  }

  void atStart(@Observes StartupEvent started) {
    if (enabled) {
      start();
    }
  }

  void start() {
    follower.start();
  }

  @PreDestroy
  void stop() {
    follower.stop();
  }

  @Override
  public void anew() {
    first.clear();
    begins.clear();
    ends.clear();
  }

  /** A standby reads from the end. An owner's starting offset is also passed to its receiver. */
  @Override
  public long begin(TopicPartition partition, long start, long end, boolean added) {
    long at = added ? start : end;
    first.put(partition, at);
    if (term.isPresent()) {
      tell(Map.of(partition, at));
    }
    return at;
  }

  @Override
  public void cut(TopicPartition partition, long from) {
    if (term.isPresent()) {
      tell(Map.of(partition, from));
    }
  }

  @Override
  public void looked(Map<TopicPartition, Long> newBegins, Map<TopicPartition, Long> newEnds) {
    begins.putAll(newBegins);
    ends.putAll(newEnds);
  }

  /** Notices that this instance has become the owner. */
  @Override
  public void turn() {
    OptionalLong now = receiver.term();
    if (!now.equals(term)) {
      term = now;
      if (now.isPresent()) {
        Map<TopicPartition, Long> from = from(receiver.commandPositions());
        follower.seek(from);
        tell(from);
      }
    }
  }

  private Map<TopicPartition, Long> from(CommandPositions unit) {
    Optional<String> id = id();
    boolean known = !unit.next().next().isEmpty();
    boolean same = unit.topic().isEmpty() || id.isEmpty() || unit.topic().equals(id);
    if (known && !same) {
      LOG.warnf("topic %s was deleted and made anew: commands are read from its beginning", topic);
    }
    Map<TopicPartition, Long> from = new HashMap<>();
    first.forEach(
        (partition, start) -> {
          long begin = begins.getOrDefault(partition, 0L);
          long next = unit.next().of(topic, partition.partition()).orElse(begin);
          boolean gone = unit.topic().isEmpty() && next > ends.getOrDefault(partition, next);
          from.put(partition, !known ? start : same && !gone ? Math.max(begin, next) : begin);
        });
    return from;
  }

  private Optional<String> id() {
    return Optional.of(follower.id()).filter(id -> !id.equals(Uuid.ZERO_UUID)).map(Uuid::toString);
  }

  private void tell(Map<TopicPartition, Long> from) {
    InputPositions next = InputPositions.START;
    for (Map.Entry<TopicPartition, Long> one : from.entrySet()) {
      next = next.with(new Partition(topic, one.getKey().partition()), one.getValue());
    }
    try {
      receiver.commandsBegin(term.getAsLong(), new CommandPositions(id(), next));
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public boolean read(ConsumerRecord<byte[], byte[]> record) {
    if (term.isEmpty()) {
      return false;
    }
    if (record.key() == null) {
      LOG.warnf(
          "%s-%d@%d has no key: a command's key is its model's name",
          topic, record.partition(), record.offset());
    } else if (model.equals(new String(record.key(), UTF_8))) {
      try {
        receiver.command(
            term.getAsLong(),
            new Partition(topic, record.partition()),
            record.offset(),
            record.value());
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    return false;
  }
}
