package io.millrace.run;

import io.millrace.commit.CommitSchedule;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.RunState;
import io.millrace.control.AnswerOutcome;
import io.millrace.control.Command;
import io.millrace.control.Commands;
import io.millrace.control.ControlState;
import io.millrace.event.MetricRecord;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.learner.Learner;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.promotion.PromotionGate;
import io.millrace.time.RunClock;
import io.millrace.version.DataSince;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Does what operators and the gate ask for, between two chunks: what a command changes is in the
 * next checkpoint, beside the offset after the command, so that a crash neither loses nor repeats
 * it. Training thread only.
 */
public final class CommandHandler implements RunControl {

  private static final Logger LOG = Logger.getLogger(CommandHandler.class);

  private final Commands commands;
  private final Learner learner;
  private final EvaluationScheduler examiner;
  private final PromotionGate judge;
  private final RunState run;
  private final CommitSchedule commits;
  private final OutboxBuffer outgoing;
  private final RollbackExecutor rollBacks;
  private final CommandAnswers answers;
  private final RunClock clock;

  /** Decided by the gate, and not made yet. */
  private Optional<RollbackExecutor.Wanted> pending = Optional.empty();

  public CommandHandler(
      Commands commands,
      Learner learner,
      EvaluationScheduler examiner,
      PromotionGate judge,
      RunState run,
      CommitSchedule commits,
      OutboxBuffer outgoing,
      RollbackExecutor rollBacks,
      CommandAnswers answers,
      RunClock clock) {
    this.commands = commands;
    this.learner = learner;
    this.examiner = examiner;
    this.judge = judge;
    this.run = run;
    this.commits = commits;
    this.outgoing = outgoing;
    this.rollBacks = rollBacks;
    this.answers = answers;
    this.clock = clock;
  }

  @Override
  public boolean isPaused() {
    return run.control().paused();
  }

  @Override
  public Optional<LoopEnd> obey() throws OwnershipLostException, InterruptedException {
    Optional<LoopEnd> end = pending.isPresent() ? rollBackByItself() : Optional.empty();
    while (end.isEmpty()) {
      Optional<Commands.Entry> next = commands.next();
      if (next.isEmpty()) {
        return end;
      }
      end = obey(next.get());
    }
    return end;
  }

  private Optional<LoopEnd> obey(Commands.Entry entry)
      throws OwnershipLostException, InterruptedException {
    if (entry instanceof Commands.Received received) {
      return obey(received);
    }
    if (entry instanceof Commands.Began began) {
      run.commandsBegin(began.at());
    } else if (entry instanceof Commands.Unannounced gone
        && examiner.currentVersion().equals(Optional.of(gone.version().version()))) {
      outgoing.repeat(gone.version());
    }
    return Optional.empty();
  }

  @Override
  public void tellAnswers() {
    answers.tell();
  }

  @Override
  public Optional<LoopEnd> afterEvaluation(MetricRecord.Evaluated evaluated)
      throws OwnershipLostException, InterruptedException {
    run.looked(judge.looks());
    if (evaluated.outcome() == EvaluationOutcome.ROLL_BACK) {
      pending =
          Optional.of(
              new RollbackExecutor.Wanted(
                  examiner.predecessor().orElseThrow(),
                  DataSince.SKIP,
                  "automatic-" + examiner.currentVersion().orElseThrow(),
                  evaluated.decision(),
                  evaluated.test()));
      if (learner.isSettled()) {
        return rollBackByItself();
      }
    }
    return Optional.empty();
  }

  /** What was shown stays shown: an obstacle that passes only delays it. */
  private Optional<LoopEnd> rollBackByItself() throws OwnershipLostException, InterruptedException {
    RollbackExecutor.Wanted wanted = pending.orElseThrow();
    if (!examiner.predecessor().equals(Optional.of(wanted.version()))) {
      pending = Optional.empty(); // a command has published another version since
      return Optional.empty();
    }
    CommandAnswers.Asked asked =
        new CommandAnswers.Asked(wanted.command(), "roll-back", Optional.empty(), Optional.empty());
    Optional<RollbackRefusal> refusal = rollBack(wanted, run.control(), asked);
    if (refusal.isEmpty()) {
      return Optional.of(new LoopEnd.RolledBack(wanted.version(), wanted.data()));
    }
    if (refusal.get() instanceof RollbackRefusal.Retryable later) {
      LOG.warnf("%s; it has to wait: %s", wanted.reason(), later.reason());
    } else {
      LOG.errorf("%s; it cannot be done: %s", wanted.reason(), refusal.get().reason());
      answers.give(asked, AnswerOutcome.REFUSED, refusal.get().reason());
      pending = Optional.empty();
      examiner.dropPredecessor(); // else no candidate would be looked at any more
    }
    return Optional.empty();
  }

  private Optional<LoopEnd> obey(Commands.Received received)
      throws OwnershipLostException, InterruptedException {
    ControlState before = run.control();
    if (before.isBehind(received)) {
      LOG.debugf("%s was answered before", received.position());
      return Optional.empty();
    }
    Command command = received.command();
    CommandAnswers.Asked asked = CommandAnswers.Asked.of(received);
    ControlState after = before.after(received, clock.now());
    if (before.knows(command.id())) {
      run.control(after);
      answers.give(asked, AnswerOutcome.IGNORED, "a command of this id was answered before");
    } else if (command instanceof Command.Pause) {
      run.control(after.paused(true));
      answers.give(asked, AnswerOutcome.DONE, "training waits for a resume");
    } else if (command instanceof Command.Resume) {
      run.control(after.paused(false));
      answers.give(asked, AnswerOutcome.DONE, "training goes on");
    } else if (command instanceof Command.Publish) {
      publish(asked, after);
    } else if (command instanceof Command.ReWarm) {
      rewarm(asked, after);
    } else if (command instanceof Command.RollBack back) {
      return rollBack(back, after, asked);
    } else if (command instanceof Command.Unreadable unreadable) {
      run.control(after);
      answers.give(
          asked,
          AnswerOutcome.REFUSED,
          "%s is no command: %s".formatted(received.position(), unreadable.reason()));
    }
    return Optional.empty();
  }

  private Optional<LoopEnd> rollBack(
      Command.RollBack back, ControlState after, CommandAnswers.Asked asked)
      throws OwnershipLostException, InterruptedException {
    Optional<RollbackRefusal> refusal =
        rollBack(
            new RollbackExecutor.Wanted(
                back.version(),
                back.data(),
                back.id(),
                "asked for by command " + back.id(),
                Optional.empty()),
            after,
            asked);
    if (refusal.isEmpty()) {
      return Optional.of(new LoopEnd.RolledBack(back.version(), back.data()));
    }
    run.control(after);
    answers.give(asked, AnswerOutcome.REFUSED, refusal.get().reason());
    return Optional.empty();
  }

  /**
   * The unit that says so is there before the work that begins with it: the journal has it with
   * that work, so that a restart and a rebuild do the same.
   */
  private void rewarm(CommandAnswers.Asked asked, ControlState after)
      throws OwnershipLostException, InterruptedException {
    if (!learner.tuner().wouldRewarm()) {
      run.control(after);
      answers.give(
          asked,
          AnswerOutcome.REFUSED,
          "no step would have another learning rate: the schedule neither warms up nor decays");
      return;
    }
    examiner.finish();
    run.control(after.rewarming(true));
    answers.give(asked, AnswerOutcome.DONE, "the learning rate starts over with the next step");
    commits.commitNow(); // where that fails, training waits until it succeeds
  }

  /** The version is in the unit that has the command: with one alone, a crash would lose it. */
  private void publish(CommandAnswers.Asked asked, ControlState after) {
    MetricRecord.Evaluated made = examiner.publishNow(asked.id());
    answers.show(made);
    run.looked(judge.looks());
    examiner.finish();
    run.control(after);
    if (made.published().isEmpty()) {
      answers.give(asked, AnswerOutcome.REFUSED, made.decision());
    } else if (made.published().equals(examiner.currentVersion())) {
      answers.give(asked, AnswerOutcome.DONE, made.decision());
    } else {
      answers.give(
          asked, AnswerOutcome.REFUSED, "the version could not be written or sent, see the log");
    }
  }

  /**
   * Rolls back. Where that is done, the run has to end.
   *
   * @param control what the roll-back's checkpoint says of commands
   * @return why it is not done
   */
  private Optional<RollbackRefusal> rollBack(
      RollbackExecutor.Wanted wanted, ControlState control, CommandAnswers.Asked asked)
      throws OwnershipLostException, InterruptedException {
    MetricRecord.Commanded done = answers.of(asked, AnswerOutcome.DONE, wanted.reason());
    Optional<RollbackRefusal> refusal = rollBacks.make(wanted, control, done);
    if (refusal.isEmpty()) {
      answers.log(done);
      answers.tell();
    }
    return refusal;
  }
}
