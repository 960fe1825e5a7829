package io.millrace.kafka.input;

import static org.awaitility.Awaitility.await;

import io.millrace.fault.Backoff;
import io.millrace.problem.OpenProblems;
import io.millrace.testing.TestBroker;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The input as the service runs it, without the service: with the settings of {@code
 * application.properties}, but short pauses between attempts.
 */
final class InputHarness implements AutoCloseable {

  private static final String PREFIX = "mp.messaging.incoming.input.";

  final OpenProblems problems = new OpenProblems();
  final PositionSeeker seeker;
  final InputConsumer consumer;

  InputHarness(
      String group, String topics, RecordingReceiver receiver, Map<String, String> overrides) {
    this(group, topics, receiver, overrides, TestBroker.client());
  }

  /**
   * @param client properties that lead to the broker
   */
  InputHarness(
      String group,
      String topics,
      RecordingReceiver receiver,
      Map<String, String> overrides,
      Map<String, Object> client) {
    Map<String, Object> settings = new HashMap<>(channelSettings());
    settings.putAll(client);
    settings.put("group.id", group);
    settings.putAll(overrides);
    seeker =
        new PositionSeeker(
            receiver, problems, new Backoff(Duration.ofMillis(100), Duration.ofMillis(500)));
    consumer =
        new InputConsumer(
            new InputSettings(settings, Arrays.asList(topics.split(","))),
            seeker,
            new InputChannel(receiver),
            problems,
            true);
    consumer.start();
  }

  /** What the client says, asked on its own thread. */
  <T> T ask(Function<Consumer<byte[], byte[]>, T> question) {
    try {
      return consumer.onPollingThread(question).get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  Set<TopicPartition> paused() {
    return ask(Consumer::paused);
  }

  boolean alive() {
    return consumer.isAlive();
  }

  /** Whether no thread hands records on. */
  boolean hasStoppedHandingOn() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().equals("millrace-input"));
  }

  /** Waits until the place has a problem, and returns its cause. */
  String problem(String place) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                problems.all().stream()
                    .filter(problem -> problem.place().equals(place))
                    .map(problem -> problem.outlook() + ": " + problem.cause())
                    .findFirst()
                    .orElse(null),
            cause -> cause != null);
  }

  @Override
  public void close() {
    consumer.stop();
  }

  private static Map<String, Object> channelSettings() {
    try {
      PropertiesConfigSource file =
          new PropertiesConfigSource(
              InputHarness.class.getResource("/application.properties"), 100);
      Map<String, Object> settings = new HashMap<>();
      file.getProperties()
          .forEach(
              (name, value) -> {
                if (name.startsWith(PREFIX)
                    && InputSettings.isKafkas(name.substring(PREFIX.length()))) {
                  settings.put(name.substring(PREFIX.length()), value);
                }
              });
      return settings;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
