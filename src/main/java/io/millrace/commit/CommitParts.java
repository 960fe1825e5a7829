package io.millrace.commit;

import com.fasterxml.jackson.core.type.TypeReference;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.event.Outbox;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.identity.RunIdentity;
import io.millrace.learner.Progress;
import io.millrace.learner.Snapshot;
import io.millrace.learner.StreamState;
import io.millrace.replay.KeptExample;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.version.DataSince;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a checkpoint says besides the snapshot that it keeps: what its commit announces, the number
 * of the last version, and the owner's standing.
 */
public final class CommitParts {

  private static final String OUTBOX = "outbox";
  private static final String LAST_VERSION = "last-version";
  private static final String STANDING = "standing";

  private CommitParts() {}

  /**
   * A checkpoint to commit.
   *
   * @param outbox what the commit announces
   * @param lastVersion the number of the last version, those of the outbox included; 0 before it
   * @param standing what else the checkpoint says
   */
  public static Checkpoint of(
      Snapshot snapshot, Outbox outbox, long lastVersion, OwnerState standing) {
    return with(CheckpointParts.of(snapshot), outbox, lastVersion, standing);
  }

  /**
   * An earlier checkpoint in the place of the present: what it had learned, and what has happened
   * since that it cannot undo.
   *
   * @param then the earlier checkpoint
   * @param now whose held-out examples and positions count where the records since are skipped
   */
  public static Checkpoint rolledBack(
      Checkpoint then,
      StreamState now,
      DataSince data,
      Outbox outbox,
      long lastVersion,
      OwnerState standing) {
    Checkpoint unit = with(then, outbox, lastVersion, standing);
    return data == DataSince.SKIP
        ? CheckpointParts.with(
            CheckpointParts.judgedBy(unit, now), // labels added since are gone with the model
            CheckpointParts.progress(then).skippingTo(now.progress()))
        : unit;
  }

  /**
   * Examples that an earlier checkpoint keeps to train on again and the present no longer does. Any
   * of them may have been corrected or retracted since, by a record that is skipped and so not read
   * again.
   */
  public static List<RecordPosition> letGo(Checkpoint then, StreamState now) {
    Set<RecordPosition> kept =
        now.replay().kept().stream()
            .map(one -> one.example().position())
            .collect(Collectors.toSet());
    return Stream.concat(
            CheckpointParts.replay(then).kept().stream().map(KeptExample::example),
            CheckpointParts.tunerState(then).history().lastSteps().stream()
                .flatMap(step -> step.batches().stream())
                .flatMap(List::stream))
        .map(TokenizedExample::position)
        .filter(position -> !kept.contains(position))
        .distinct()
        .toList();
  }

  /** A checkpoint with other positions, which announces nothing. */
  public static Checkpoint with(Checkpoint unit, Progress progress, OwnerState standing) {
    return CheckpointParts.with(
        CheckpointParts.with(unit, progress),
        Map.of(
            OUTBOX, CheckpointParts.json(Outbox.EMPTY), STANDING, CheckpointParts.json(standing)));
  }

  private static Checkpoint with(
      Checkpoint unit, Outbox outbox, long lastVersion, OwnerState standing) {
    return CheckpointParts.with(
        unit,
        Map.of(
            OUTBOX, CheckpointParts.json(outbox),
            LAST_VERSION, CheckpointParts.json(lastVersion),
            STANDING, CheckpointParts.json(standing)));
  }

  /**
   * An earlier checkpoint that reads topics as they are now: a topic that was made anew since is
   * read from where reading of it began.
   *
   * @param now what the present belongs to
   */
  public static Checkpoint readingNow(Checkpoint then, RunIdentity now) {
    RunIdentity before = standing(then).identity();
    Set<String> renewed = new HashSet<>();
    Map<Partition, Long> begun = new HashMap<>();
    for (String topic : now.topics().keySet()) {
      if (now.epoch(topic) != before.epoch(topic)) {
        renewed.add(topic);
        now.change(topic).ifPresent(change -> begun.putAll(change.begun()));
      }
    }
    return renewed.isEmpty()
        ? then
        : with(then, CheckpointParts.progress(then).readingFrom(renewed, begun), standing(then));
  }

  /** What the owner left behind; nothing in a checkpoint of a release that kept none of it. */
  public static OwnerState standing(Checkpoint checkpoint) {
    return CheckpointParts.parse(checkpoint, STANDING, new TypeReference<>() {}, OwnerState.START);
  }

  public static Outbox outbox(Checkpoint checkpoint) {
    return CheckpointParts.parse(checkpoint, OUTBOX, new TypeReference<>() {});
  }

  public static long lastVersion(Checkpoint checkpoint) {
    return CheckpointParts.parse(checkpoint, LAST_VERSION, new TypeReference<>() {});
  }
}
