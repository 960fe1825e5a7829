package io.millrace.kafka.health;

import io.millrace.config.InstanceSettings;
import io.millrace.config.Role;
import io.millrace.fault.Backoff;
import io.millrace.fault.Fault;
import io.millrace.fault.KafkaFaults;
import io.millrace.kafka.KafkaClientSettings;
import io.millrace.kafka.TopicSettings;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
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
 * it continues in the background, and readiness names what it waits for.
 */
@ApplicationScoped
public class TopicSetup {

  private static final Logger LOG = Logger.getLogger(TopicSetup.class);
  private static final int START_UP_WAITS_SECONDS = 10;
  private static final int LOOK_AGAIN_SECONDS = 15;

  /** The place of its problems. */
  private static final String PLACE = "topics";

  private static final int ANSWER_WITHIN_MILLIS = 5_000;
  private static final Map<String, String> VERSIONS =
      Map.of("cleanup.policy", "delete", "retention.ms", "-1");

  /** Small segments: only closed ones are compacted, and a take-over reads what is not. */
  private static final Map<String, String> COMMITS =
      Map.of("cleanup.policy", "compact", "segment.bytes", "16777216");

  private final TopicSettings topics;
  private final Role role;
  private final KafkaClientSettings kafka;
  private final OpenProblems problems;
  private final TopicChecks checks;
  private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(10));
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Thread thread = new Thread(this::untilReady, "millrace-topics");
  private volatile Optional<String> problem = Optional.of("the topics are not checked yet");

  @Inject
  TopicSetup(
      TopicSettings topics,
      InstanceSettings instance,
      KafkaClientSettings kafka,
      OpenProblems problems) {
    this.topics = topics;
    this.role = instance.role();
    this.kafka = kafka;
    this.problems = problems;
    this.checks = new TopicChecks(topics, problems);
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
    try {
      Optional<Fault> fault = look();
      while (fault.isPresent()) {
        problem = fault.map(Fault::cause);
        fault.get().report(problems, PLACE);
        TimeUnit.NANOSECONDS.sleep(backoff.next().toNanos());
        fault = look();
      }
      problem = Optional.empty();
      problems.resolve(PLACE);
      ready.countDown();
      while (role != Role.SERVE && !areWell()) {
        TimeUnit.SECONDS.sleep(LOOK_AGAIN_SECONDS);
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped before the topics were there");
    }
  }

  /** Whether nothing in the topics' settings will hold commits up; true where nobody knows. */
  private boolean areWell() throws InterruptedException {
    try (Admin admin = Admin.create(client())) {
      return checks.look(admin);
    } catch (KafkaException e) {
      LOG.debug("the topics' settings could not be looked at", e);
      return false;
    }
  }

  private Map<String, Object> client() {
    Map<String, Object> client =
        KafkaClientSettings.answeringWithin(kafka.properties(), ANSWER_WITHIN_MILLIS);
    client.put("client.id", "millrace-topics");
    return client;
  }

  /** One attempt. */
  private Optional<Fault> look() throws InterruptedException {
    try (Admin admin = Admin.create(client())) {
      Set<String> missing = new TreeSet<>(wanted().keySet());
      missing.removeAll(admin.listTopics().names().get());
      if (missing.isEmpty()) {
        return Optional.empty();
      }
      if (!topics.create()) {
        return Optional.of(
            new Fault(
                Outlook.WAITS_FOR_OPERATOR,
                "topics " + missing + " do not exist on " + kafka.bootstrapServers(),
                "Make them"
                    + settings(missing)
                    + ", or set millrace.topics.create=true and restart; see that this user may"
                    + " see them."));
      }
      create(admin, missing);
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(unreachable(e.getCause()));
    } catch (KafkaException e) {
      return Optional.of(unreachable(e));
    }
  }

  /** Those that the broker's defaults do not give. */
  private String settings(Set<String> missing) {
    return missing.contains(topics.commits())
        ? " (" + topics.commits() + " with cleanup.policy=compact)"
        : "";
  }

  private Fault unreachable(Throwable cause) {
    Fault fault = KafkaFaults.of(cause);
    return new Fault(
        fault.outlook(),
        "Kafka at " + kafka.bootstrapServers() + " cannot be used: " + fault.cause(),
        fault.remedy());
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
    wanted.put(topics.retry(), VERSIONS); // what was sent back is known from it
    wanted.put(topics.versions(), VERSIONS);
    wanted.put(topics.metrics(), Map.of("cleanup.policy", "delete"));
    wanted.put(topics.commits(), COMMITS);
    wanted.put(topics.control(), Map.of("cleanup.policy", "delete"));
    wanted.put(topics.deadLetter(), Map.of("cleanup.policy", "delete"));
    return wanted;
  }
}
