package io.millrace.kafka.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.InputPositions;
import io.millrace.example.RecordPosition;
import io.millrace.intake.RecordReceiver;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.junit.jupiter.api.Test;

class PositionSeekerTest {

  private static final TopicPartition EXAMPLES = new TopicPartition("examples", 0);
  private static final TopicPartition HELD_OUT = new TopicPartition("heldout", 0);

  private final OpenProblems problems = new OpenProblems();
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

  @Test
  void aTopicThatComesBackUnderAnOwnerAsksForAnotherTakeOver() {
    // Given an owner that took over while the examples topic was gone
    RecordingReceiver receiver =
        RecordingReceiver.open(InputPositions.START.after(new RecordPosition("examples", 0, 63)));
    receiver.knowsOnly(Set.of("heldout"));
    PositionSeeker seeker = new PositionSeeker(receiver, problems);
    assign(HELD_OUT);
    seeker.onPartitionsAssigned(consumer, List.of(HELD_OUT));

    // When a topic of that name is there, longer than what was read of the other
    assign(HELD_OUT, EXAMPLES);
    seeker.onPartitionsAssigned(consumer, List.of(EXAMPLES));

    // Then what it is, is looked at before anything is read of it
    assertThat(receiver.ownership()).containsExactly("takes over", "takes over");
    assertThat(seeker.membership()).isEqualTo(2);
  }

  @Test
  void aPartitionThatIsAddedToAKnownTopicDoesNot() {
    // Given
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    receiver.knowsOnly(Set.of("heldout", "examples"));
    PositionSeeker seeker = new PositionSeeker(receiver, problems);
    assign(EXAMPLES);
    seeker.onPartitionsAssigned(consumer, List.of(EXAMPLES));

    // When
    TopicPartition added = new TopicPartition("examples", 1);
    assign(EXAMPLES, added);
    seeker.onPartitionsAssigned(consumer, List.of(added));

    // Then
    assertThat(receiver.ownership()).containsExactly("takes over");
    assertThat(consumer.position(added)).isZero();
  }

  @Test
  void aRefusalIsTheNextMembersOnceThePartitionsAre() {
    // Given
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    PositionSeeker seeker = new PositionSeeker(receiver, problems);
    problems.report(RecordReceiver.IDENTITY, Outlook.REFUSED, "another cluster", "accept it");

    // When
    seeker.onPartitionsRevoked(consumer, List.of(EXAMPLES));

    // Then
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void aStopDuringATakeOverIsNoProblem() {
    // Given
    RecordingReceiver receiver = RecordingReceiver.open(InputPositions.START);
    PositionSeeker seeker = new PositionSeeker(receiver, problems);
    assign(EXAMPLES);
    consumer.setOffsetsException(new WakeupException());

    // When it is woken while it asks where to read
    assertThatThrownBy(() -> seeker.onPartitionsAssigned(consumer, List.of(EXAMPLES)))
        // Then polling ends
        .isInstanceOf(WakeupException.class);

    // And nothing is said but that it gives up
    assertThat(problems.all()).isEmpty();
    assertThat(receiver.ownership()).containsExactly("takes over", "gives up");
  }

  private void assign(TopicPartition... partitions) {
    consumer.assign(List.of(partitions));
    for (TopicPartition partition : partitions) {
      consumer.updateBeginningOffsets(Map.of(partition, 0L));
      consumer.updateEndOffsets(Map.of(partition, 100L));
    }
  }
}
