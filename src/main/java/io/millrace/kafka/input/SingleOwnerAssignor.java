package io.millrace.kafka.input;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.internals.AbstractPartitionAssignor;
import org.apache.kafka.common.TopicPartition;

/**
 * Gives every partition to one member of the group; the others are hot standbys. One model has one
 * owner of its weights, and a partition's records are of use to the owner only.
 *
 * <p>Sticky: the member that owns partitions keeps them, so that a standby may come and go without
 * disturbing training. With no owner the lowest member id wins. Follows the cooperative protocol: a
 * partition that another member still holds is given to nobody until it is given up, and Kafka then
 * asks again.
 */
public class SingleOwnerAssignor extends AbstractPartitionAssignor {

  @Override
  public String name() {
    return "millrace-single-owner";
  }

  @Override
  public List<RebalanceProtocol> supportedProtocols() {
    return List.of(RebalanceProtocol.COOPERATIVE, RebalanceProtocol.EAGER);
  }

  @Override
  public Map<String, List<TopicPartition>> assign(
      Map<String, Integer> partitionsPerTopic, Map<String, Subscription> subscriptions) {
    Map<String, List<TopicPartition>> assignment = new HashMap<>();
    subscriptions.keySet().forEach(member -> assignment.put(member, new ArrayList<>()));
    String owner = owner(subscriptions);
    Set<TopicPartition> heldByOthers = heldByOthers(owner, subscriptions);
    partitionsPerTopic.forEach(
        (topic, count) -> {
          for (TopicPartition partition : partitions(topic, count)) {
            if (!heldByOthers.contains(partition)) {
              assignment.get(owner).add(partition);
            }
          }
        });
    return assignment;
  }

  /**
   * Chooses the member that gets everything: the newest claim first (an older one belongs to a
   * member that missed a rebalance), then most partitions. Tests choose another way.
   */
  protected String owner(Map<String, Subscription> subscriptions) {
    return subscriptions.entrySet().stream()
        .min(
            Comparator.<Map.Entry<String, Subscription>>comparingInt(e -> -claimed(e.getValue()))
                .thenComparingInt(e -> -e.getValue().ownedPartitions().size())
                .thenComparing(Map.Entry::getKey))
        .orElseThrow(() -> new IllegalArgumentException("a group without members"))
        .getKey();
  }

  /** The generation of a member's claim, -1 where it claims nothing. */
  private static int claimed(Subscription subscription) {
    return subscription.ownedPartitions().isEmpty() ? -1 : subscription.generationId().orElse(0);
  }

  private static Set<TopicPartition> heldByOthers(
      String owner, Map<String, Subscription> subscriptions) {
    Set<TopicPartition> held = new HashSet<>();
    subscriptions.forEach(
        (member, subscription) -> {
          if (!member.equals(owner)) {
            held.addAll(subscription.ownedPartitions());
          }
        });
    held.removeAll(new HashSet<>(subscriptions.get(owner).ownedPartitions()));
    return held;
  }
}
