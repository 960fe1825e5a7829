package io.millrace.identity;

import io.millrace.example.Partition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a checkpoint belongs to. Immutable.
 *
 * @param cluster id of the Kafka cluster; empty where nobody knows yet
 * @param topics every topic that was ever read, by name
 * @param base hashes of the base model; empty in checkpoints from before there were any
 * @param seed of training; empty likewise
 * @param settings that shape training, by name without {@code millrace.}; empty likewise
 * @param changes topics that were taken in the place of others on purpose, in order
 */
public record RunIdentity(
    Optional<String> cluster,
    Map<String, TopicIdentity> topics,
    Optional<BaseIdentity> base,
    Optional<Long> seed,
    Map<String, String> settings,
    List<TopicChange> changes) {

  /** The identity of an untrained model, and of checkpoints written before identities existed. */
  public static final RunIdentity NONE =
      new RunIdentity(
          Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), Map.of(), List.of());

  public RunIdentity {
    topics = Map.copyOf(topics);
    settings = Map.copyOf(settings);
    changes = List.copyOf(changes);
  }

  /** How often a topic was replaced by another of its name; 0 where it is the first. */
  public int epoch(String topic) {
    TopicIdentity known = topics.get(topic);
    return known == null ? 0 : known.epoch();
  }

  /** When the present topic took the place of another; empty where it is the first. */
  public Optional<Instant> since(String topic) {
    return change(topic).map(TopicChange::at);
  }

  /** The last replacement of a topic; empty where it is the first of its name. */
  public Optional<TopicChange> change(String topic) {
    return changes.stream().filter(change -> change.topic().equals(topic)).reduce((a, b) -> b);
  }

  /** With one topic in the place of another. */
  public RunIdentity with(TopicChange change) {
    Map<String, TopicIdentity> changed = new TreeMap<>(topics);
    changed.put(change.topic(), new TopicIdentity(change.now(), change.epoch()));
    List<TopicChange> all = new ArrayList<>(changes);
    all.add(change);
    return new RunIdentity(cluster, changed, base, seed, settings, all);
  }

  /**
   * A topic.
   *
   * @param id that the cluster gave it; empty where the broker tells none
   * @param epoch counts the topics of one name that were read one after the other, from 0
   */
  public record TopicIdentity(Optional<String> id, int epoch) {}

  /**
   * A topic was taken in the place of another of its name.
   *
   * @param before the earlier one's id; empty where it was never known
   * @param now the later one's id; empty where the broker tells none
   * @param epoch the later one's
   * @param left next offset of each partition of the earlier one: what it had from there on is
   *     never read
   * @param begun where reading of each partition of the later one began
   * @param at when it was accepted
   */
  public record TopicChange(
      String topic,
      Optional<String> before,
      Optional<String> now,
      int epoch,
      Map<Partition, Long> left,
      Map<Partition, Long> begun,
      Instant at) {

    public TopicChange {
      left = Map.copyOf(left);
      begun = Map.copyOf(begun);
    }
  }
}
