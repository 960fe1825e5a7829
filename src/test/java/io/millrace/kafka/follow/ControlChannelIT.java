package io.millrace.kafka.follow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.control.CommandPositions;
import io.millrace.control.CommandReceiver;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.problem.OpenProblem;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import io.millrace.version.ModelVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@OneAtATime
class ControlChannelIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final String topic = TestBroker.topic("control", 1);
  private final Owner owner = new Owner();
  private final OpenProblems problems = new OpenProblems();
  private final ControlChannel channel = channel(topic);

  @AfterEach
  void stop() {
    channel.stop();
  }

  @Test
  void theOwnerReadsOnAfterTheLastCommandItKnowsAndOnlyItsModels() {
    // Given two commands of which it knows the first, and another model's
    send("mail", "first");
    send("mail", "second");
    send("news", "not mine");
    owner.known = at(Optional.empty(), 1);

    // When
    channel.start();

    // Then
    await().atMost(SOON).until(() -> owner.commands.size() == 1);
    send("mail", "third");
    await().atMost(SOON).until(() -> owner.commands.size() == 2);
    assertThat(owner.commands).containsExactly("5 second 0@1", "5 third 0@3");
  }

  @Test
  void aStandbyTakesNothingAndANewModelBeginsWhereTheInstanceFirstSawTheTopic() {
    // Given a standby, and a command from before
    owner.term = OptionalLong.empty();
    send("mail", "old");
    channel.start();
    await().atMost(SOON).until(() -> owner.asked > 3);

    // When it becomes the owner of a model that nobody has trained, after a command
    send("mail", "new");
    owner.term = OptionalLong.of(6);

    // Then
    await().atMost(SOON).until(() -> owner.commands.size() == 1);
    assertThat(owner.commands).containsExactly("6 new 0@1");
  }

  @Test
  void theNextOwnerOfAModelThatGotNoCommandYetFindsTheFirstOne() {
    // Given
    channel.start();
    await().atMost(SOON).until(() -> owner.known.next().of(topic, 0).isPresent());

    // When it comes while nobody owns the model
    owner.term = OptionalLong.empty();
    send("mail", "first");
    owner.term = OptionalLong.of(6);

    // Then
    await().atMost(SOON).until(() -> owner.commands.contains("6 first 0@0"));
  }

  @Test
  void aTopicThatIsMadeLateIsWaitedForAndReadFromItsBeginning() throws Exception {
    // Given
    String late = topic + "-late";
    ControlChannel waiting = channel(late);
    waiting.start();
    try {
      await().atMost(SOON).until(() -> problems.gravest().isPresent());
      OpenProblem problem = problems.gravest().orElseThrow();
      assertThat(problem.place()).isEqualTo("topic:" + late);
      assertThat(problem.outlook()).isEqualTo(Outlook.WAITS_FOR_OPERATOR);
      assertThat(problem.cause()).isEqualTo("topic " + late + " cannot be read: it is not there");

      // When it is made, and has a command before anybody can have looked
      make(late, 1);
      send(late, "mail", "first");

      // Then
      await().atMost(SOON).until(() -> owner.commands.equals(List.of("5 first 0@0")));
      await().atMost(SOON).until(() -> problems.all().isEmpty());
    } finally {
      waiting.stop();
    }
  }

  @Test
  void aCommandOnAPartitionThatWasAddedIsFoundByThisOwnerAndByTheNext() throws Exception {
    // Given an owner that knows the one partition
    channel.start();
    await().atMost(SOON).until(() -> owner.known.next().of(topic, 0).isPresent());
    CommandPositions before = owner.known;

    // When
    addPartitions(3);
    sendTo(2, "added");

    // Then
    await().atMost(SOON).until(() -> owner.commands.equals(List.of("5 added 2@0")));
    assertThat(owner.known.next().next()).containsEntry(new Partition(topic, 2), 0L);
    channel.stop();

    // And by one whose unit is from before
    owner.known = before;
    owner.commands.clear();
    ControlChannel next = channel(topic);
    next.start();
    try {
      await().atMost(SOON).until(() -> owner.commands.equals(List.of("5 added 2@0")));
    } finally {
      next.stop();
    }
  }

  @Test
  void aTopicThatIsMadeAnewIsReadFromItsBeginningThoughItIsLongerThanBefore() throws Exception {
    // Given a command that was obeyed
    channel.start();
    await().atMost(SOON).until(() -> owner.known.next().of(topic, 0).isPresent());
    send("mail", "before");
    await().atMost(SOON).until(() -> owner.commands.size() == 1);
    Optional<String> old = owner.known.topic();

    // When the topic is another, with commands at the same offsets
    makeAnew();
    send("mail", "one");
    send("mail", "two");
    send("mail", "three");

    // Then
    await().atMost(SOON).until(() -> owner.commands.size() == 4);
    assertThat(owner.commands)
        .containsExactly("5 before 0@0", "5 one 0@0", "5 two 0@1", "5 three 0@2");
    assertThat(owner.known.topic()).isPresent().isNotEqualTo(old);
  }

  @Test
  void aTopicThatWasMadeAnewWhileNobodyWasThereIsReadFromItsBeginning() throws Exception {
    // Given a unit of the old one
    owner.known = at(Optional.of("an-older-id"), 1);
    send("mail", "one");
    send("mail", "two");

    // When
    channel.start();

    // Then
    await().atMost(SOON).until(() -> owner.commands.equals(List.of("5 one 0@0", "5 two 0@1")));
  }

  @Test
  void commandsThatExpiredBeforeTheyWereReadDoNotEndIt() throws Exception {
    // Given a unit that ends in front of what retention took
    send("mail", "gone");
    send("mail", "gone too");
    send("mail", "left");
    owner.known = at(Optional.empty(), 1);
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2)))
          .all()
          .get();
    }

    // When
    channel.start();

    // Then
    await().atMost(SOON).until(() -> owner.commands.equals(List.of("5 left 0@2")));
  }

  @Test
  void afterAFailureItGoesOnFromWhereItWasAndTakesNothingTwice() {
    // Given an owner of whom no unit is written, that has taken a command
    channel.start();
    await().atMost(SOON).until(() -> owner.known.next().of(topic, 0).isPresent());
    send("mail", "first");
    await().atMost(SOON).until(() -> owner.commands.size() == 1);

    // When something fails while the next command is taken
    owner.failing = 2;
    send("mail", "second");

    // Then
    await().atMost(SOON).until(() -> owner.commands.size() == 2);
    assertThat(owner.commands).containsExactly("5 first 0@0", "5 second 0@1");
    await().atMost(SOON).until(() -> problems.all().isEmpty());
  }

  private ControlChannel channel(String of) {
    return new ControlChannel(
        TestBroker.client(), of, "mail", true, problems, owner, Duration.ofMillis(500));
  }

  private CommandPositions at(Optional<String> id, long next) {
    return new CommandPositions(id, new InputPositions(Map.of(new Partition(topic, 0), next)));
  }

  private void makeAnew() throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin.deleteTopics(List.of(topic)).all().get();
      await().atMost(SOON).until(() -> !admin.listTopics().names().get().contains(topic));
    }
    make(topic, 1);
  }

  private static void make(String name, int partitions) throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin
          .createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
          .all()
          .get();
    }
  }

  private void addPartitions(int all) throws Exception {
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(all))).all().get();
    }
  }

  private void send(String model, String command) {
    send(topic, model, command);
  }

  private static void send(String to, String model, String command) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer, new ProducerRecord<>(to, model.getBytes(UTF_8), command.getBytes(UTF_8)));
    }
  }

  private void sendTo(int partition, String command) {
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer,
          new ProducerRecord<>(topic, partition, "mail".getBytes(UTF_8), command.getBytes(UTF_8)));
    }
  }

  private static final class Owner implements CommandReceiver {

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private volatile OptionalLong term = OptionalLong.of(5);
    private volatile CommandPositions known = CommandPositions.START;
    private volatile int asked;
    private volatile int failing;

    @Override
    public OptionalLong term() {
      asked++;
      return term;
    }

    @Override
    public CommandPositions commandPositions() {
      return known;
    }

    @Override
    public void commandsBegin(long inTerm, CommandPositions at) {
      known = known.beginning(at); // as a unit would have it for the next owner
    }

    @Override
    public void unannounced(ModelVersion version) {
      throw new IllegalStateException("of another topic");
    }

    @Override
    public void command(long inTerm, Partition partition, long offset, byte[] value) {
      if (failing > 0) {
        failing--;
        throw new IllegalStateException("of a fault that nobody thought of");
      }
      commands.add(
          "%d %s %d@%d".formatted(inTerm, new String(value, UTF_8), partition.number(), offset));
    }
  }
}
