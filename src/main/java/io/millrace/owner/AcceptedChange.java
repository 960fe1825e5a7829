package io.millrace.owner;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.Commit;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.Stores;
import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.identity.From;
import io.millrace.identity.InputSource;
import io.millrace.identity.RunIdentity;
import io.millrace.identity.RunIdentity.TopicChange;
import io.millrace.learner.Progress;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * Topics or positions that an operator accepted. It becomes a unit of its own, with all that was
 * learned and other positions, in the store and then on the broker: so it is made once, whatever
 * crashes, and whoever looks later finds what was given up. The unit is the last of its term.
 */
public final class AcceptedChange {

  private static final Logger LOG = Logger.getLogger(AcceptedChange.class);

  private final CheckpointStore.Saved unit;
  private final Identification identification;
  private final SentDeadLetters letters;
  private final InputSource source;

  /**
   * @param unit to go on from
   * @param identification what is accepted
   * @param letters that were sent until now
   */
  AcceptedChange(
      CheckpointStore.Saved unit,
      Identification identification,
      SentDeadLetters letters,
      InputSource source) {
    this.unit = unit;
    this.letters = letters;
    this.identification = identification;
    this.source = source;
  }

  /**
   * Commits it. The ownership has to end behind it.
   *
   * @throws OwnershipLostException where another owner was faster
   */
  public void commit(Stores stores, Ownership ownership)
      throws IOException, OwnershipLostException, InterruptedException {
    Checkpoint changed = changed();
    stores
        .journal()
        .begin(
            ownership.term(),
            Optional.of(unit.id()),
            CheckpointParts.progress(unit.checkpoint()).journalPosition(),
            List.of())
        .close();
    CheckpointId id = new CheckpointId(ownership.term(), changed.step(), 1);
    stores.checkpoints().save(id, changed);
    ownership.commit(
        new Commit(
            id.toString(),
            CheckpointParts.progress(changed).positions(),
            Outbox.EMPTY,
            CommitParts.standing(changed).sent(InputPositions.START)));
    LOG.warnf("checkpoint %s: %s", id, this);
  }

  private Checkpoint changed() throws InterruptedException {
    Progress progress = CheckpointParts.progress(unit.checkpoint());
    OwnerState standing = CommitParts.standing(unit.checkpoint());
    RunIdentity identity = identification.now();
    Set<String> renewed = identification.result().renewed().keySet();
    Map<Partition, Long> begun = new TreeMap<>();
    for (Map.Entry<String, From> topic : identification.result().renewed().entrySet()) {
      Map<Partition, Long> from = source.offsets(topic.getKey(), topic.getValue());
      identity = identity.with(change(topic.getKey(), from, progress));
      begun.putAll(from);
    }
    for (Map.Entry<Partition, From> partition : identification.result().moved().entrySet()) {
      String topic = partition.getKey().topic();
      Optional.ofNullable(source.offsets(topic, partition.getValue()).get(partition.getKey()))
          .ifPresent(offset -> begun.put(partition.getKey(), offset));
    }
    SentDeadLetters sent =
        letters.without(
            partition -> renewed.contains(partition.topic()) || begun.containsKey(partition));
    return CommitParts.with(
        unit.checkpoint(), progress.readingFrom(renewed, begun), standing.after(identity, sent));
  }

  private TopicChange change(String topic, Map<Partition, Long> from, Progress progress) {
    Map<Partition, Long> left = new TreeMap<>(progress.next());
    left.keySet().removeIf(partition -> !partition.topic().equals(topic));
    RunIdentity before = identification.before();
    return new TopicChange(
        topic,
        Optional.ofNullable(before.topics().get(topic)).flatMap(RunIdentity.TopicIdentity::id),
        Optional.ofNullable(source.topicIds().get(topic)),
        before.epoch(topic) + 1,
        left,
        from,
        Instant.now());
  }

  /** For the log. */
  @Override
  public String toString() {
    return "accepted, what was learned stays: topics read anew %s, partitions read on from elsewhere %s"
        .formatted(identification.result().renewed(), identification.result().moved());
  }
}
