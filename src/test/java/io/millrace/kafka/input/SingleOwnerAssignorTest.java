package io.millrace.kafka.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SingleOwnerAssignorTest {

  private static final Map<String, Integer> TOPICS = Map.of("examples", 2, "heldout", 1);
  private static final TopicPartition E0 = new TopicPartition("examples", 0);
  private static final TopicPartition E1 = new TopicPartition("examples", 1);
  private static final TopicPartition H0 = new TopicPartition("heldout", 0);

  private final SingleOwnerAssignor assignor = new SingleOwnerAssignor();

  @Test
  void aNewGroupIsOwnedByItsLowestMemberId() {
    // When
    Map<String, List<TopicPartition>> assignment =
        assignor.assign(TOPICS, Map.of("b", owning(-1), "a", owning(-1), "c", owning(-1)));

    // Then
    assertThat(assignment.get("a")).containsExactlyInAnyOrder(E0, E1, H0);
    assertThat(assignment.get("b")).isEmpty();
    assertThat(assignment.get("c")).isEmpty();
  }

  @Test
  void theOwnerStaysTheOwnerWhenAStandbyJoins() {
    // When
    Map<String, List<TopicPartition>> assignment =
        assignor.assign(TOPICS, Map.of("a", owning(-1), "b", owning(4, E0, E1, H0)));

    // Then
    assertThat(assignment.get("b")).containsExactlyInAnyOrder(E0, E1, H0);
    assertThat(assignment.get("a")).isEmpty();
  }

  @Test
  void theOwnerGetsAPartitionThatWasAdded() {
    Map<String, List<TopicPartition>> assignment =
        assignor.assign(TOPICS, Map.of("a", owning(-1), "b", owning(4, E0, H0)));

    assertThat(assignment.get("b")).containsExactlyInAnyOrder(E0, E1, H0);
  }

  @Test
  void theNewerClaimWinsAndWhatTheOtherStillHoldsWaits() {
    // Given a member that missed a rebalance and still believes it owns a partition
    Map<String, Subscription> members = Map.of("a", owning(3, E1), "b", owning(4, E0, H0));

    // When
    Map<String, List<TopicPartition>> assignment = assignor.assign(TOPICS, members);

    // Then the partition is first given up, as the cooperative protocol demands
    assertThat(assignment.get("b")).containsExactlyInAnyOrder(E0, H0);
    assertThat(assignment.get("a")).isEmpty();
  }

  @Test
  void aStaleClaimOnTheOwnersPartitionsChangesNothing() {
    Map<String, Subscription> members =
        Map.of("a", owning(3, E0, E1, H0), "b", owning(4, E0, E1, H0));

    assertThat(assignor.assign(TOPICS, members).get("b")).containsExactlyInAnyOrder(E0, E1, H0);
  }

  @Test
  void aTopicWithoutPartitionsYetGivesNobodyAnything() {
    assertThat(assignor.assign(Map.of(), Map.of("a", owning(-1)))).containsEntry("a", List.of());
  }

  private static Subscription owning(int generation, TopicPartition... partitions) {
    return new Subscription(
        List.of("examples", "heldout"), null, List.of(partitions), generation, Optional.empty());
  }
}
