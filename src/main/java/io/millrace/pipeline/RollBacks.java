package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.example.Partition;
import io.millrace.gate.TestResult;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Goes back to a version: commits what came so far, then the unit that the version was made of in
 * the place of it. That is the last of its term. Training thread only.
 */
final class RollBacks {

  private final String model;
  private final Stores stores;
  private final Learner learner;
  private final Examiner examiner;
  private final Checkpointer checkpointer;
  private final Outgoing outgoing;
  private final InputProgress input;

  RollBacks(
      String model,
      Stores stores,
      Learner learner,
      Examiner examiner,
      Checkpointer checkpointer,
      Outgoing outgoing,
      InputProgress input) {
    this.model = model;
    this.stores = stores;
    this.learner = learner;
    this.examiner = examiner;
    this.checkpointer = checkpointer;
    this.outgoing = outgoing;
    this.input = input;
  }

  /**
   * Makes one. The ownership has to end behind it.
   *
   * @param control what commands have left behind, this one included; no unit has it before that of
   *     the roll-back, or a crash between the two would lose the command
   * @param answer that it is made; goes with that unit
   * @return why it is not made; empty where it is
   */
  Optional<Obstacle> make(Wanted wanted, ControlState control, MetricRecord.Commanded answer)
      throws OwnershipLostException, InterruptedException {
    examiner.finish();
    if (!checkpointer.saveNow(learner)) { // a version is in the store's list once it is announced
      return Optional.of(new Obstacle("what came so far cannot be committed yet", true));
    }
    long number = wanted.version();
    Optional<ModelVersion> version =
        stores.versions().list().stream().filter(one -> one.version() == number).findFirst();
    Optional<Long> current = examiner.currentVersion();
    if (version.isEmpty() || current.isEmpty()) {
      return Obstacle.lasting("version %d is not in the store".formatted(number));
    }
    if (current.get() == number) {
      return Obstacle.lasting("version %d is the current one".formatted(number));
    }
    try {
      Optional<Checkpoint> then =
          stores
              .restorePoints()
              .of(version.get())
              .map(unit -> CheckpointParts.readingNow(unit, checkpointer.standing().identity()));
      if (then.isEmpty()) {
        return Obstacle.lasting(
            "what version %d was made of is no longer kept, only that of %s"
                .formatted(number, stores.restorePoints().versions()));
      }
      InputPositions back = CheckpointParts.progress(then.get()).positions();
      Optional<String> missing =
          wanted.data() == DataSince.REPLAY ? input.missing(back) : Optional.empty();
      if (missing.isPresent()) {
        return Obstacle.lasting(missing.get());
      }
      RolledBack event = event(version.get(), current.get(), wanted, back);
      return checkpointer
          .rollBack(then.get(), learner, wanted.data(), event, control, answer)
          .map(problem -> new Obstacle(problem, true));
    } catch (IOException e) {
      return Obstacle.lasting(String.valueOf(e.getMessage()));
    }
  }

  private RolledBack event(ModelVersion version, long current, Wanted wanted, InputPositions back) {
    Map<Partition, OffsetRange> skipped = new TreeMap<>();
    if (wanted.data() == DataSince.SKIP) {
      Progress now = learner.progress();
      now.next()
          .forEach(
              (partition, next) -> {
                long from =
                    back.next().getOrDefault(partition, now.origin().getOrDefault(partition, next));
                if (from < next) {
                  skipped.put(partition, new OffsetRange(from, next));
                }
              });
    }
    return new RolledBack(
        model,
        version.version(),
        version.term(),
        current,
        outgoing.lastVersion(),
        wanted.data(),
        wanted.command(),
        wanted.reason(),
        wanted.test(),
        skipped,
        Instant.now());
  }

  /**
   * What is wanted.
   *
   * @param command its id, or that of the decision
   * @param test what decided it; empty where an operator did
   */
  record Wanted(
      long version, DataSince data, String command, String reason, Optional<TestResult> test) {}

  /**
   * Why one is not made.
   *
   * @param passes whether it may be another time
   */
  record Obstacle(String reason, boolean passes) {

    static Optional<Obstacle> lasting(String reason) {
      return Optional.of(new Obstacle(reason, /* passes= */ false));
    }
  }
}
