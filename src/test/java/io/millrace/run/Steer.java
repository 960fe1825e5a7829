package io.millrace.run;

import io.millrace.commit.CommitSchedule;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.RunCommit;
import io.millrace.commit.RunState;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.control.Commands;
import io.millrace.gate.InterimLooks;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.intake.InputProgress;
import io.millrace.learner.Learner;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.promotion.PromotionGate;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.time.RunClock;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Steering for loops that get no commands. */
public final class Steer {

  private Steer() {}

  public static CommandHandler nowhere(
      Learner learner,
      EvaluationScheduler examiner,
      RunState run,
      CommitSchedule commits,
      RunCommit commit,
      OutboxBuffer outgoing) {
    return new CommandHandler(
        new Commands(),
        learner,
        examiner,
        new PromotionGate(
            PipelineConfigs.of(Map.of()).publication(),
            new HeldOutEvaluator(Labels.TASK, 1, learner::labels),
            InterimLooks.NONE,
            RunClock.SYSTEM),
        run,
        commits,
        outgoing,
        new RollbackExecutor(
            "test",
            new ListedVersions(),
            new VersionCheckpoints(new NoCheckpoints(), new ListedVersions(), 2),
            learner,
            examiner,
            run,
            commits,
            commit,
            outgoing,
            InputProgress.COMPLETE,
            RunClock.SYSTEM),
        new CommandAnswers(
            "test",
            () -> 0,
            outgoing,
            new ConcurrentLinkedQueue<>(),
            record -> {},
            RunClock.SYSTEM),
        RunClock.SYSTEM);
  }
}
