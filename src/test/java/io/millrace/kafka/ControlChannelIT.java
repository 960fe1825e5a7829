package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.pipeline.CommandReceiver;
import io.millrace.pipeline.InputPositions;
import io.millrace.testing.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlChannelIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final String topic = TestBroker.topic("control", 1);
  private final Owner owner = new Owner();
  private final ControlChannel channel =
      new ControlChannel(TestBroker.client(), topic, "mail", owner);

  @AfterEach
  void stop() {
    channel.stop();
  }

  @Test
  void theOwnerReadsOnBehindTheLastCommandItKnowsAndOnlyItsModels() {
    // Given two commands of which it knows the first, and another model's
    send("mail", "first");
    send("mail", "second");
    send("news", "not mine");
    owner.known = new InputPositions(Map.of(topic + "-0", 1L));

    // When
    channel.start();

    // Then
    await().atMost(SOON).until(() -> owner.commands.size() == 1);
    send("mail", "no command");
    send("mail", "third");
    await().atMost(SOON).until(() -> owner.commands.size() == 2);
    assertThat(owner.commands).containsExactly("5 second 1", "5 third 4");
  }

  @Test
  void aStandbyReadsNothingAndANewModelBeginsAtTheEnd() {
    // Given a standby, and a command from before
    owner.term = OptionalLong.empty();
    send("mail", "old");
    channel.start();

    // When it becomes the owner of a model that nobody has trained
    owner.term = OptionalLong.of(6);
    await().atMost(SOON).until(() -> owner.asked > 0);

    // Then only what comes from then on is for it
    await()
        .atMost(SOON)
        .until(
            () -> {
              send("mail", "new");
              return !owner.commands.isEmpty();
            });
    assertThat(owner.commands.get(0)).startsWith("6 new ");
  }

  @Test
  void theNextOwnerOfAModelThatGotNoCommandYetFindsTheFirstOne() {
    // Given
    channel.start();
    await().atMost(SOON).until(() -> owner.known.of(topic, 0).isPresent());

    // When it comes while nobody owns the model
    owner.term = OptionalLong.empty();
    send("mail", "first");
    owner.term = OptionalLong.of(6);

    // Then
    await().atMost(SOON).until(() -> owner.commands.contains("6 first 0"));
  }

  private void send(String model, String command) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer, new ProducerRecord<>(topic, model.getBytes(UTF_8), command.getBytes(UTF_8)));
    }
  }

  private static final class Owner implements CommandReceiver {

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private volatile OptionalLong term = OptionalLong.of(5);
    private volatile InputPositions known = InputPositions.START;
    private volatile int asked;

    @Override
    public OptionalLong term() {
      return term;
    }

    @Override
    public InputPositions commandPositions() {
      asked++;
      return known;
    }

    @Override
    public void commandsBegin(long inTerm, InputPositions at) {
      known = at; // as a unit would have it for the next owner
    }

    @Override
    public void command(long inTerm, String partition, long offset, byte[] value) {
      String command = new String(value, UTF_8);
      if (command.equals("no command")) {
        throw new IllegalArgumentException("it is none");
      }
      commands.add("%d %s %d".formatted(inTerm, command, offset));
    }
  }
}
