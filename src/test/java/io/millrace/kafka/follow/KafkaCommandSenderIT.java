package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Role;
import io.millrace.control.CommandNotSentException;
import io.millrace.control.CommandOutcome;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

@OneAtATime
class KafkaCommandSenderIT {

  private static final String MODEL = "mail";
  private static final byte[] PAUSE = "{\"id\": \"one\", \"command\": \"pause\"}".getBytes(UTF_8);

  @Test
  void aTopicThatIsNotThereDoesNotGetTheCommand() {
    assertThatThrownBy(() -> send("no-such-control-topic"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(CommandNotSentException.class)
        .hasMessageStartingWith("topic no-such-control-topic does not take it: ");
  }

  @Test
  void aTopicThatRefusesTheRecordDoesNotGetItEither() {
    // Given
    String topic = TestBroker.topic("control", 1, Map.of("max.message.bytes", "20"));

    // Then
    assertThatThrownBy(() -> send(topic))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(CommandNotSentException.class)
        .hasMessageStartingWith("topic " + topic + " does not take it: ");
  }

  @Test
  void aCommandThatWasSentIsFoundByItsIdAndWaitsForItsAnswer() throws InterruptedException {
    // Given
    String topic = TestBroker.topic("control", 1);
    send(topic);
    KafkaCommandOutcomes outcomes =
        new KafkaCommandOutcomes(
            TestBroker.client(), topic, TestBroker.topic("metrics", 1), Role.TRAIN, MODEL);

    // Then
    assertThat(outcomes.find("one", Duration.ofSeconds(30)))
        .hasValueSatisfying(
            found -> {
              assertThat(found.outcome()).isEqualTo(CommandOutcome.Outcome.waiting);
              assertThat(found.position()).contains(topic + "-0@0");
            });
    assertThat(outcomes.find("another", Duration.ofSeconds(30))).isEmpty();
  }

  private static void send(String topic) {
    KafkaCommandSender sender =
        new KafkaCommandSender(TestBroker.client(), topic, MODEL, Role.TRAIN);
    try {
      sender.send(PAUSE).toCompletableFuture().join();
    } finally {
      sender.close();
    }
  }
}
