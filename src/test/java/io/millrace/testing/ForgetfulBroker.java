package io.millrace.testing;

import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import java.io.Closeable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/**
 * A broker that forgets within a minute what others keep for seven days: the offsets of a group
 * without members, and transactional ids that nobody uses.
 */
public final class ForgetfulBroker implements Closeable {

  private final EmbeddedKafkaBroker broker =
      new EmbeddedKafkaBroker()
          .withNodeId(1)
          .withDeleteLogDirsOnClose(true)
          .withAdditionalProperties(
              properties -> {
                properties.put("auto.create.topics.enable", "false");
                properties.put("offsets.retention.minutes", "1");
                properties.put("offsets.retention.check.interval.ms", "2000");
                properties.put("transactional.id.expiration.ms", "30000");
                properties.put(
                    "transaction.remove.expired.transaction.cleanup.interval.ms", "2000");
              });

  private final Brokers brokers;

  public ForgetfulBroker() {
    Brokers.quietClients();
    broker.start();
    brokers = new Brokers(broker.getAdvertisedListeners().replaceFirst("^.*://", ""));
  }

  public Brokers brokers() {
    return brokers;
  }

  /** Whether it has no offsets of a group. */
  public boolean hasForgottenGroup(String group) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(brokers.client())) {
      return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().isEmpty();
    }
  }

  /** Whether it does not know a transactional id. */
  public boolean hasForgottenId(String id) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(brokers.client())) {
      return admin.listTransactions().all().get().stream()
          .noneMatch(one -> one.transactionalId().equals(id));
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
