package io.millrace.kafka.commit;

import io.millrace.commit.Commit;
import io.millrace.commit.Ledger;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.identity.InputSource;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.KafkaInputSource;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * An ownership that ends when a topic it reads is made anew: the positions of one mean nothing in
 * the other. It asks every few seconds, and before each checkpoint is written.
 */
public final class WatchedOwnership implements Ownership {

  private static final Logger LOG = Logger.getLogger(WatchedOwnership.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final String PLACE = "topic:";
  private static final int ANSWER_WITHIN_MILLIS = 2_500;

  private final Ownership ownership;
  private final InputSource source;
  private final Map<String, Object> client;
  private final Set<String> inputs;
  private final OpenProblems problems;
  private final Thread thread;
  private volatile Optional<String> changed = Optional.empty();
  private volatile boolean closed;
  private Admin admin;

  /**
   * @param ownership closed with this
   * @param source what its topics were when it began
   * @param client properties that lead to the broker
   * @param inputs all topics that are read, also those that were not there
   */
  public WatchedOwnership(
      Ownership ownership,
      InputSource source,
      Map<String, Object> client,
      Set<String> inputs,
      OpenProblems problems) {
    this.ownership = ownership;
    this.source = source;
    this.inputs = inputs;
    this.problems = problems;
    this.client = KafkaClientSettings.answeringWithin(client, ANSWER_WITHIN_MILLIS);
    this.client.put("client.id", "millrace-topic-watch");
    this.thread = new Thread(this::watch, "millrace-topic-watch");
    thread.setDaemon(true);
    if (!source.topicIds().isEmpty()) {
      thread.start();
    }
  }

  @Override
  public long term() {
    return ownership.term();
  }

  @Override
  public Ledger ledger() {
    return ownership.ledger();
  }

  @Override
  public InputSource source() {
    return source;
  }

  @Override
  public void commit(Commit commit) throws OwnershipLostException, InterruptedException {
    requireSameInput();
    ownership.commit(commit);
  }

  @Override
  public void requireSameInput() throws OwnershipLostException {
    if (changed.isPresent()) {
      throw new OwnershipLostException(
          "term %d has ended, %s".formatted(term(), changed.get()), null);
    }
  }

  @Override
  public void verifySameInput() throws OwnershipLostException, InterruptedException {
    if (!source.topicIds().isEmpty()) {
      look();
    }
    requireSameInput();
  }

  private void watch() {
    try {
      while (!closed && changed.isEmpty()) {
        look();
        TimeUnit.NANOSECONDS.sleep(EVERY.toNanos());
      }
    } catch (InterruptedException e) {
      LOG.debug("the ownership has ended", e);
    }
  }

  /** A topic that is not there at the moment may come back; only another in its place counts. */
  private synchronized void look() throws InterruptedException {
    if (closed) {
      return;
    }
    try {
      if (admin == null) {
        admin = Admin.create(client);
      }
      Map<String, String> now = KafkaInputSource.ids(admin, inputs);
      inputs.forEach(topic -> tell(topic, now.containsKey(topic)));
      source
          .topicIds()
          .forEach(
              (topic, id) -> {
                String found = now.getOrDefault(topic, id);
                if (!found.equals(id)) {
                  changed =
                      Optional.of(
                          "topic %s was made anew: it had the id %s and has %s now"
                              .formatted(topic, id, found));
                }
              });
    } catch (ExecutionException | KafkaException e) {
      LOG.debugf("the topics' ids are not known at the moment: %s", e.getMessage());
    }
  }

  /** Without ids, or the right to see them, nothing is watched at all. */
  private void tell(String topic, boolean isThere) {
    if (isThere) {
      problems.resolve(PLACE + topic);
    } else {
      problems.report(
          PLACE + topic,
          Outlook.WAITS_FOR_OPERATOR,
          "topic %s is not there any more, or may not be described".formatted(topic),
          "Make it again. What it had and nobody has read is lost; the next take-over refuses a topic"
              + " of another id until it is accepted (--accept-new-topic).");
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    ownership.close();
    release();
  }

  private synchronized void release() {
    inputs.forEach(topic -> problems.resolve(PLACE + topic));
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
  }
}
