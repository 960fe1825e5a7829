package io.millrace.run;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitParts;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.RunCommit;
import io.millrace.commit.RunState;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.control.ControlState;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.gate.TestResult;
import io.millrace.intake.InputProgress;
import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.learner.StreamState;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.time.RunClock;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Goes back to a version: commits what came so far, then the unit that the version was made of in
 * the place of it. That is the last of its term. Training thread only.
 */
public final class RollbackExecutor {

  private final String model;
  private final VersionStore versions;
  private final VersionCheckpoints restorePoints;
  private final Learner learner;
  private final EvaluationScheduler examiner;
  private final RunState run;
  private final CommitSchedule schedule;
  private final RunCommit commit;
  private final OutboxBuffer outgoing;
  private final InputProgress input;
  private final RunClock clock;

  public RollbackExecutor(
      String model,
      VersionStore versions,
      VersionCheckpoints restorePoints,
      Learner learner,
      EvaluationScheduler examiner,
      RunState run,
      CommitSchedule schedule,
      RunCommit commit,
      OutboxBuffer outgoing,
      InputProgress input,
      RunClock clock) {
    this.model = model;
    this.versions = versions;
    this.restorePoints = restorePoints;
    this.learner = learner;
    this.examiner = examiner;
    this.run = run;
    this.schedule = schedule;
    this.commit = commit;
    this.outgoing = outgoing;
    this.input = input;
    this.clock = clock;
  }

  /**
   * Makes one. The ownership has to end behind it.
   *
   * @param control what commands have left behind, this one included; no unit has it before that of
   *     the roll-back, or a crash between the two would lose the command
   * @param answer that it is made; goes with that unit
   * @return why it is not made; empty where it is
   */
  Optional<RollbackRefusal> make(Wanted wanted, ControlState control, MetricRecord.Commanded answer)
      throws OwnershipLostException, InterruptedException {
    examiner.finish();
    if (!schedule.commitNow()) { // a version is in the store's list once it is announced
      return Optional.of(new RollbackRefusal.Retryable("what came so far cannot be committed yet"));
    }
    long number = wanted.version();
    Optional<ModelVersion> version = versions.find(number);
    Optional<Long> current = examiner.currentVersion();
    if (version.isEmpty() || current.isEmpty()) {
      return lasting("version %d is not in the store".formatted(number));
    }
    if (current.get() == number) {
      return lasting("version %d is the current one".formatted(number));
    }
    try {
      Optional<Checkpoint> then =
          restorePoints
              .of(version.get())
              .map(unit -> CommitParts.readingNow(unit, run.standing().identity()));
      if (then.isEmpty()) {
        return lasting(
            "what version %d was made of is no longer kept, only that of %s"
                .formatted(number, restorePoints.versions()));
      }
      InputPositions back = CheckpointParts.progress(then.get()).positions();
      Optional<String> missing =
          wanted.data() == DataSince.REPLAY ? input.missing(back) : Optional.empty();
      if (missing.isPresent()) {
        return lasting(missing.get());
      }
      RolledBack event = event(version.get(), current.get(), wanted, back);
      Outbox outbox =
          new Outbox(List.of(), List.of(), List.of(), List.of(event), List.of(answer), List.of());
      return commit
          .rollBack(unit(then.get(), wanted.data(), event, control, outbox), outbox)
          .map(RollbackRefusal.Retryable::new);
    } catch (IOException e) {
      return lasting(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<RollbackRefusal> lasting(String reason) {
    return Optional.of(new RollbackRefusal.Lasting(reason));
  }

  /** What the version was made of, as it is gone on from. */
  private Checkpoint unit(
      Checkpoint then, DataSince data, RolledBack event, ControlState control, Outbox outbox) {
    StreamState now = learner.streamState();
    OwnerState ended =
        run.standing()
            .with(control)
            .after(event, data == DataSince.SKIP ? CommitParts.letGo(then, now) : List.of());
    return CommitParts.rolledBack(then, now, data, outbox, outgoing.lastVersion(), ended);
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
        clock.now());
  }

  /**
   * What is wanted.
   *
   * @param command its id, or that of the decision
   * @param test what decided it; empty where an operator did
   */
  record Wanted(
      long version, DataSince data, String command, String reason, Optional<TestResult> test) {}
}
