package io.millrace.pipeline;

import io.millrace.control.AnswerOutcome;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.version.DataSince;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Does what operators and the gate ask for, between two chunks: what a command changes is in the
 * next unit, beside the offset behind the command, so that a crash neither loses nor repeats it.
 * Training thread only.
 */
final class Steering {

  private static final Logger LOG = Logger.getLogger(Steering.class);

  private final Commands commands;
  private final Learner learner;
  private final Examiner examiner;
  private final Judge judge;
  private final Checkpointer checkpointer;
  private final RollBacks rollBacks;
  private final CommandAnswers answers;

  /** Decided by the gate, and not made yet. */
  private Optional<RollBacks.Wanted> pending = Optional.empty();

  Steering(
      Commands commands,
      Learner learner,
      Examiner examiner,
      Judge judge,
      Checkpointer checkpointer,
      RollBacks rollBacks,
      CommandAnswers answers) {
    this.commands = commands;
    this.learner = learner;
    this.examiner = examiner;
    this.judge = judge;
    this.checkpointer = checkpointer;
    this.rollBacks = rollBacks;
    this.answers = answers;
  }

  /** Whether training waits for a resume. */
  boolean isPaused() {
    return checkpointer.standing().control().paused();
  }

  /**
   * Makes the roll-back that had to wait, and obeys what has arrived. Only while all that was taken
   * has its outcome.
   *
   * @throws RolledBackException behind a roll-back
   * @throws OwnershipLostException where another owner has taken over
   */
  void obey() throws OwnershipLostException, InterruptedException {
    if (pending.isPresent()) {
      rollBackByItself(pending.get());
    }
    for (Optional<Commands.Entry> next = commands.next();
        next.isPresent();
        next = commands.next()) {
      if (next.get() instanceof Commands.Began began) {
        checkpointer.commandsBegin(began.at());
      } else if (next.get() instanceof Commands.Unannounced gone
          && examiner.currentVersion().equals(Optional.of(gone.version().version()))) {
        checkpointer.announceAgain(gone.version());
      } else if (next.get() instanceof Commands.Received received) {
        obey(received);
      }
    }
  }

  /** Shows what the broker has by now. */
  void tellAnswers() {
    answers.tell();
  }

  /**
   * Notes the gate's looks, and rolls back where it says so: at once, or as soon as refused steps
   * have their outcome.
   *
   * @throws RolledBackException behind a roll-back
   */
  void afterEvaluation(MetricRecord.Evaluated evaluated)
      throws OwnershipLostException, InterruptedException {
    checkpointer.looked(judge.looks());
    if (evaluated.outcome() == EvaluationOutcome.ROLL_BACK) {
      pending =
          Optional.of(
              new RollBacks.Wanted(
                  examiner.predecessor().orElseThrow(),
                  DataSince.SKIP,
                  "automatic-" + examiner.currentVersion().orElseThrow(),
                  evaluated.decision(),
                  evaluated.test()));
      if (learner.isSettled()) {
        rollBackByItself(pending.get());
      }
    }
  }

  /** What was shown stays shown: an obstacle that passes only delays it. */
  private void rollBackByItself(RollBacks.Wanted wanted)
      throws OwnershipLostException, InterruptedException {
    if (!examiner.predecessor().equals(Optional.of(wanted.version()))) {
      pending = Optional.empty(); // a command has published another version since
      return;
    }
    CommandAnswers.Asked asked =
        new CommandAnswers.Asked(wanted.command(), "roll-back", Optional.empty(), Optional.empty());
    RollBacks.Obstacle obstacle = rollBack(wanted, checkpointer.standing().control(), asked);
    if (obstacle.passes()) {
      LOG.warnf("%s; it has to wait: %s", wanted.reason(), obstacle.reason());
    } else {
      LOG.errorf("%s; it cannot be done: %s", wanted.reason(), obstacle.reason());
      answers.give(asked, AnswerOutcome.REFUSED, obstacle.reason());
      pending = Optional.empty();
      examiner.dropPredecessor(); // else no candidate would be looked at any more
    }
  }

  private void obey(Commands.Received received)
      throws OwnershipLostException, InterruptedException {
    ControlState before = checkpointer.standing().control();
    if (before.isBehind(received)) {
      LOG.debugf("%s was answered before", received.position());
      return;
    }
    Command command = received.command();
    CommandAnswers.Asked asked = CommandAnswers.Asked.of(received);
    ControlState after = before.after(received, Instant.now());
    if (before.knows(command.id())) {
      checkpointer.control(after);
      answers.give(asked, AnswerOutcome.IGNORED, "a command of this id was answered before");
    } else if (command instanceof Command.Pause) {
      checkpointer.control(after.paused(true));
      answers.give(asked, AnswerOutcome.DONE, "training waits for a resume");
    } else if (command instanceof Command.Resume) {
      checkpointer.control(after.paused(false));
      answers.give(asked, AnswerOutcome.DONE, "training goes on");
    } else if (command instanceof Command.Publish) {
      publish(asked, after);
    } else if (command instanceof Command.ReWarm) {
      rewarm(asked, after);
    } else if (command instanceof Command.RollBack back) {
      RollBacks.Obstacle obstacle =
          rollBack(
              new RollBacks.Wanted(
                  back.version(),
                  back.data(),
                  back.id(),
                  "asked for by command " + back.id(),
                  Optional.empty()),
              after,
              asked);
      checkpointer.control(after);
      answers.give(asked, AnswerOutcome.REFUSED, obstacle.reason());
    } else if (command instanceof Command.Unreadable unreadable) {
      checkpointer.control(after);
      answers.give(
          asked,
          AnswerOutcome.REFUSED,
          "%s is no command: %s".formatted(received.position(), unreadable.reason()));
    }
  }

  /**
   * The unit that says so is there before the work that begins with it: the journal has it with
   * that work, so that a restart and a rebuild do the same.
   */
  private void rewarm(CommandAnswers.Asked asked, ControlState after)
      throws OwnershipLostException, InterruptedException {
    if (!learner.tuner().wouldRewarm()) {
      checkpointer.control(after);
      answers.give(
          asked,
          AnswerOutcome.REFUSED,
          "no step would have another learning rate: the schedule neither warms up nor decays");
      return;
    }
    examiner.finish();
    checkpointer.control(after.rewarming(true));
    answers.give(asked, AnswerOutcome.DONE, "the learning rate starts over with the next step");
    checkpointer.saveNow(learner); // where that fails, training waits until it succeeds
  }

  /** The version is in the unit that has the command: with one alone, a crash would lose it. */
  private void publish(CommandAnswers.Asked asked, ControlState after) {
    MetricRecord.Evaluated made = examiner.publishNow(asked.id());
    answers.show(made);
    checkpointer.looked(judge.looks());
    examiner.finish();
    checkpointer.control(after);
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
   * Rolls back.
   *
   * @param control what the roll-back's unit says of commands
   * @return why it is not done
   * @throws RolledBackException when it is done
   */
  private RollBacks.Obstacle rollBack(
      RollBacks.Wanted wanted, ControlState control, CommandAnswers.Asked asked)
      throws OwnershipLostException, InterruptedException {
    MetricRecord.Commanded done = answers.of(asked, AnswerOutcome.DONE, wanted.reason());
    Optional<RollBacks.Obstacle> obstacle = rollBacks.make(wanted, control, done);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    answers.log(done);
    answers.tell();
    throw new RolledBackException(
        "training goes on from version %d, what came behind it is %s"
            .formatted(
                wanted.version(),
                wanted.data() == DataSince.SKIP ? "skipped" : "trained on again"));
  }
}
