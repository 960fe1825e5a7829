package io.millrace.kafka;

import io.millrace.pipeline.InstanceSettings;
import io.millrace.pipeline.Role;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;

/**
 * Sees to it that the topics are there: makes the missing ones where that is allowed, else says
 * which are missing, until all exist. Start-up waits for it a few seconds and no more; after that
 * it goes on in the background and readiness tells what it waits for.
 */
@ApplicationScoped
public class TopicSetup {

  private static final Logger LOG = Logger.getLogger(TopicSetup.class);
  private static final int START_UP_WAITS_SECONDS = 10;
  private static final int AGAIN_AFTER_SECONDS = 5;

  private static final int ANSWER_WITHIN_MILLIS = 5_000;
  private static final Map<String, String> VERSIONS =
      Map.of("cleanup.policy", "delete", "retention.ms", "-1");

  /** Small segments: only closed ones are compacted, and a take-over reads what is not. */
  private static final Map<String, String> COMMITS =
      Map.of("cleanup.policy", "compact", "segment.bytes", "16777216");

  private final TopicSettings topics;
  private final Role role;
  private final KafkaClientSettings kafka;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Thread thread = new Thread(this::untilReady, "millrace-topics");
  private volatile Optional<String> problem = Optional.of("the topics are not checked yet");

  @Inject
  TopicSetup(TopicSettings topics, InstanceSettings instance, KafkaClientSettings kafka) {
    this.topics = topics;
    this.role = instance.role();
    this.kafka = kafka;
  }

  /** What start-up waits for, in words; empty once all topics exist. Any thread. */
  Optional<String> problem() {
    return problem;
  }

  /** After the embedded broker, before the channels connect. */
  void start(@Observes @Priority(500) StartupEvent started) throws InterruptedException {
    thread.setDaemon(true);
    thread.start();
    if (!ready.await(START_UP_WAITS_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("start-up goes on without Kafka");
    }
  }

  @PreDestroy
  void stop() {
    thread.interrupt();
  }

  private void untilReady() {
    Optional<String> said = Optional.empty();
    try {
      while (true) {
        problem = look();
        if (problem.isEmpty()) {
          ready.countDown();
          return;
        }
        if (!problem.equals(said)) {
          LOG.error(problem.get());
          said = problem;
        }
        TimeUnit.SECONDS.sleep(AGAIN_AFTER_SECONDS);
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped before the topics were there");
    }
  }

  /** One attempt. */
  private Optional<String> look() throws InterruptedException {
    Map<String, Object> client = new HashMap<>(kafka.properties());
    client.put("client.id", "millrace-topics");
    client.put("default.api.timeout.ms", ANSWER_WITHIN_MILLIS);
    client.put("request.timeout.ms", ANSWER_WITHIN_MILLIS);
    try (Admin admin = Admin.create(client)) {
      Set<String> missing = new TreeSet<>(wanted().keySet());
      missing.removeAll(admin.listTopics().names().get());
      if (missing.isEmpty()) {
        return Optional.empty();
      }
      if (!topics.create()) {
        return Optional.of(
            "topics "
                + missing
                + " do not exist on "
                + kafka.bootstrapServers()
                + "; make them"
                + settings(missing)
                + ", or set millrace.topics.create=true");
      }
      create(admin, missing);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(unreachable(e.getCause()));
    } catch (KafkaException e) {
      return Optional.of(unreachable(e.getCause() == null ? e : e.getCause()));
    }
  }

  /** Those that the broker's defaults do not give. */
  private String settings(Set<String> missing) {
    return missing.contains(topics.commits())
        ? " (" + topics.commits() + " with cleanup.policy=compact)"
        : "";
  }

  private String unreachable(Throwable cause) {
    return "Kafka at " + kafka.bootstrapServers() + " cannot be used: " + cause.getMessage();
  }

  private void create(Admin admin, Set<String> missing)
      throws InterruptedException, ExecutionException {
    List<NewTopic> create = new ArrayList<>();
    for (String name : missing) {
      create.add(
          new NewTopic(name, Optional.empty(), Optional.empty()).configs(wanted().get(name)));
    }
    try {
      admin.createTopics(create).all().get();
      LOG.infof("made topics %s", missing);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
      LOG.debug("another instance was faster");
    }
  }

  /** Every topic and its settings; versions are kept for ever, they are the model's history. */
  private Map<String, Map<String, String>> wanted() {
    Map<String, Map<String, String>> wanted = new HashMap<>();
    if (role == Role.SERVE) { // it reads this one, and sees no other
      wanted.put(topics.versions(), VERSIONS);
      return wanted;
    }
    wanted.put(topics.examples(), Map.of());
    wanted.put(topics.heldOut(), Map.of());
    wanted.put(topics.versions(), VERSIONS);
    wanted.put(topics.metrics(), Map.of("cleanup.policy", "delete"));
    wanted.put(topics.commits(), COMMITS);
    wanted.put(topics.control(), Map.of("cleanup.policy", "delete"));
    wanted.put(topics.deadLetter(), Map.of("cleanup.policy", "delete"));
    return wanted;
  }
}
