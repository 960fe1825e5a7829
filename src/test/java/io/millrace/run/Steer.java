package io.millrace.run;

import io.millrace.commit.CommitSchedule;
import io.millrace.commit.Outgoing;
import io.millrace.commit.RestorePoints;
import io.millrace.commit.RunCommit;
import io.millrace.commit.RunState;
import io.millrace.control.Commands;
import io.millrace.gate.Looks;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.intake.InputProgress;
import io.millrace.learner.Learner;
import io.millrace.promotion.Examiner;
import io.millrace.promotion.Judge;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.time.RunClock;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Steering for loops that get no commands. */
public final class Steer {

  private Steer() {}

  public static Steering nowhere(
      Learner learner,
      Examiner examiner,
      RunState run,
      CommitSchedule commits,
      RunCommit commit,
      Outgoing outgoing) {
    return new Steering(
        new Commands(),
        learner,
        examiner,
        new Judge(
            PipelineConfigs.of(Map.of()).publication(),
            new HeldOutEvaluator(Labels.TASK, 1, learner::labels),
            Looks.NONE,
            RunClock.SYSTEM),
        run,
        commits,
        outgoing,
        new RollBacks(
            "test",
            new ListedVersions(),
            new RestorePoints(new NoCheckpoints(), new ListedVersions(), 2),
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
