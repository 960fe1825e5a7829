package io.millrace.pipeline;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Does what operators and the gate ask for, between two chunks: what a command changes is in the
 * next unit, beside the offset behind the command, so that a crash neither loses nor repeats it.
 * Training thread only.
 */
final class Steering {

  private static final Logger LOG = Logger.getLogger(Steering.class);

  private final String model;
  private final Commands commands;
  private final Learner learner;
  private final Examiner examiner;
  private final Judge judge;
  private final Checkpointer checkpointer;
  private final RollBacks rollBacks;
  private final Consumer<MetricRecord> answers;

  /** Decided by the gate, and not made yet. */
  private Optional<RollBacks.Wanted> pending = Optional.empty();

  Steering(
      String model,
      Commands commands,
      Learner learner,
      Examiner examiner,
      Judge judge,
      Checkpointer checkpointer,
      RollBacks rollBacks,
      Consumer<MetricRecord> answers) {
    this.model = model;
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
    checkpointer.commandsBegin(commands.beginning());
    if (pending.isPresent()) {
      rollBackByItself(pending.get());
    }
    for (Optional<Commands.Received> next = commands.next();
        next.isPresent();
        next = commands.next()) {
      obey(next.get());
    }
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
    if (evaluated.outcome().equals("roll-back")) {
      pending =
          Optional.of(
              new RollBacks.Wanted(
                  examiner.predecessor().orElseThrow(),
                  Command.DataSince.SKIP,
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
    RollBacks.Obstacle obstacle = rollBack(wanted, checkpointer.standing().control());
    if (obstacle.passes()) {
      LOG.warnf("%s; it has to wait: %s", wanted.reason(), obstacle.reason());
    } else {
      LOG.errorf("%s; it cannot be done: %s", wanted.reason(), obstacle.reason());
      answer(wanted.command(), "roll-back", Answer.REFUSED, obstacle.reason());
      pending = Optional.empty();
      examiner.dropPredecessor(); // else no candidate would be looked at any more
    }
  }

  private void obey(Commands.Received received)
      throws OwnershipLostException, InterruptedException {
    Command command = received.command();
    ControlState before = checkpointer.standing().control();
    ControlState after = before.after(received);
    if (before.knows(command.id())) {
      checkpointer.control(after);
      answer(command, Answer.IGNORED, "a command of this id was obeyed before");
    } else if (command instanceof Command.Pause) {
      checkpointer.control(after.paused(true));
      answer(command, Answer.DONE, "training waits for a resume");
    } else if (command instanceof Command.Resume) {
      checkpointer.control(after.paused(false));
      answer(command, Answer.DONE, "training goes on");
    } else if (command instanceof Command.Publish) {
      publish(command, after);
    } else if (command instanceof Command.RollBack back) {
      RollBacks.Obstacle obstacle =
          rollBack(
              new RollBacks.Wanted(
                  back.version(),
                  back.data(),
                  back.id(),
                  "asked for by command " + back.id(),
                  Optional.empty()),
              after);
      checkpointer.control(after);
      answer(command, Answer.REFUSED, obstacle.reason());
    }
  }

  /** The version is in the unit that has the command: with one alone, a crash would lose it. */
  private void publish(Command command, ControlState after) {
    MetricRecord.Evaluated made = examiner.publishNow(command.id());
    answers.accept(made);
    checkpointer.looked(judge.looks());
    examiner.finish();
    checkpointer.control(after);
    if (made.published().isEmpty()) {
      answer(command, Answer.REFUSED, made.decision());
    } else if (made.published().equals(examiner.currentVersion())) {
      answer(command, Answer.DONE, made.decision());
    } else {
      answer(command, Answer.REFUSED, "the version could not be written or sent, see the log");
    }
  }

  /**
   * Rolls back.
   *
   * @param control what the roll-back's unit says of commands
   * @return why it is not done
   * @throws RolledBackException when it is done
   */
  private RollBacks.Obstacle rollBack(RollBacks.Wanted wanted, ControlState control)
      throws OwnershipLostException, InterruptedException {
    Optional<RollBacks.Obstacle> obstacle = rollBacks.make(wanted, control);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    answer(wanted.command(), "roll-back", Answer.DONE, wanted.reason());
    throw new RolledBackException(
        "training goes on from version %d, what came behind it is %s"
            .formatted(
                wanted.version(),
                wanted.data() == Command.DataSince.SKIP ? "skipped" : "trained on again"));
  }

  private void answer(Command command, Answer answer, String detail) {
    answer(command.id(), command.name(), answer, detail);
  }

  private void answer(String id, String name, Answer answer, String detail) {
    String outcome = answer.name().toLowerCase(Locale.ROOT);
    LOG.infof("command %s, %s: %s, %s", id, name, outcome, detail);
    answers.accept(
        new MetricRecord.Commanded(
            model, Instant.now(), learner.tuner().steps(), id, name, outcome, detail));
  }

  private enum Answer {
    DONE,
    REFUSED,
    IGNORED
  }
}
