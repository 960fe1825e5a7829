package io.millrace.pipeline;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.Provenance.OffsetRange;
import io.millrace.publication.RolledBack;
import io.millrace.publication.TestResult;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Does what operators ask for, between two chunks: what a command changes is in the next unit,
 * beside the offset behind the command, so that a crash neither loses nor repeats it. Training
 * thread only.
 */
final class Steering {

  private static final Logger LOG = Logger.getLogger(Steering.class);

  private final String model;
  private final Stores stores;
  private final Commands commands;
  private final Learner learner;
  private final Examiner examiner;
  private final Judge judge;
  private final Checkpointer checkpointer;
  private final Outgoing outgoing;
  private final InputProgress input;
  private final Consumer<MetricRecord> answers;

  Steering(
      String model,
      Stores stores,
      Commands commands,
      Learner learner,
      Examiner examiner,
      Judge judge,
      Checkpointer checkpointer,
      Outgoing outgoing,
      InputProgress input,
      Consumer<MetricRecord> answers) {
    this.model = model;
    this.stores = stores;
    this.commands = commands;
    this.learner = learner;
    this.examiner = examiner;
    this.judge = judge;
    this.checkpointer = checkpointer;
    this.outgoing = outgoing;
    this.input = input;
    this.answers = answers;
  }

  /** Whether training waits for a resume. */
  boolean isPaused() {
    return checkpointer.standing().control().paused();
  }

  /**
   * Obeys what has arrived.
   *
   * @throws RolledBackException behind a roll-back
   * @throws OwnershipLostException where another owner has taken over
   */
  void obey() throws OwnershipLostException, InterruptedException {
    for (Optional<Commands.Received> next = commands.next();
        next.isPresent();
        next = commands.next()) {
      obey(next.get());
    }
  }

  /**
   * Notes the gate's looks, and rolls back where it says so.
   *
   * @throws RolledBackException behind a roll-back
   */
  void afterEvaluation(MetricRecord.Evaluated evaluated)
      throws OwnershipLostException, InterruptedException {
    checkpointer.looked(judge.looks());
    if (evaluated.outcome().equals("roll-back")) {
      String id = "automatic-" + examiner.currentVersion().orElseThrow();
      if (learner.isSettled()) {
        rollBack(
                examiner.predecessor().orElseThrow(),
                Command.DataSince.SKIP,
                id,
                evaluated.decision(),
                evaluated.test())
            .ifPresent(obstacle -> giveUp(id, evaluated, obstacle));
      } else {
        refuse(id, "refused steps wait for their outcome; the next evaluation asks again");
      }
    }
  }

  private void giveUp(String id, MetricRecord.Evaluated evaluated, String obstacle) {
    LOG.errorf("%s; it cannot be done: %s", evaluated.decision(), obstacle);
    refuse(id, obstacle);
    examiner.dropPredecessor(); // else no candidate would be looked at any more
  }

  private void refuse(String id, String obstacle) {
    answers.accept(
        new MetricRecord.Commanded(
            model, Instant.now(), learner.tuner().steps(), id, "roll-back", "refused", obstacle));
  }

  private void obey(Commands.Received received)
      throws OwnershipLostException, InterruptedException {
    Command command = received.command();
    ControlState before = checkpointer.standing().control();
    ControlState after = before.after(received);
    if (before.knows(command.id())) {
      checkpointer.control(after);
      answer(command, Answer.IGNORED, "a command of this id was obeyed before");
      return;
    }
    if (command instanceof Command.Pause) {
      checkpointer.control(after.paused(true));
      answer(command, Answer.DONE, "training waits for a resume");
    } else if (command instanceof Command.Resume) {
      checkpointer.control(after.paused(false));
      answer(command, Answer.DONE, "training goes on");
    } else if (command instanceof Command.Publish) {
      checkpointer.control(after);
      MetricRecord.Evaluated made = examiner.publishNow(command.id());
      answers.accept(made);
      checkpointer.looked(judge.looks());
      answer(command, made.published().isPresent() ? Answer.DONE : Answer.REFUSED, made.decision());
    } else if (command instanceof Command.RollBack back) {
      checkpointer.control(after);
      rollBack(
              back.version(),
              back.data(),
              back.id(),
              "asked for by command " + back.id(),
              Optional.empty())
          .ifPresent(obstacle -> answer(command, Answer.REFUSED, obstacle));
    }
  }

  /**
   * Goes back to a version: commits what came so far, then the unit that the version was made of in
   * the place of it, and ends the ownership.
   *
   * @param test what decided it; empty where an operator did
   * @return why it cannot be done
   * @throws RolledBackException when it is done
   */
  Optional<String> rollBack(
      long number, Command.DataSince data, String command, String reason, Optional<TestResult> test)
      throws OwnershipLostException, InterruptedException {
    examiner.finish();
    if (!checkpointer.saveNow(learner)) { // a version is in the store's list once it is announced
      return Optional.of("what came so far cannot be committed yet");
    }
    Optional<ModelVersion> version =
        stores.versions().list().stream().filter(one -> one.version() == number).findFirst();
    Optional<Long> current = examiner.currentVersion();
    if (version.isEmpty() || current.isEmpty()) {
      return Optional.of("version %d is not in the store".formatted(number));
    }
    if (current.get() == number) {
      return Optional.of("version %d is the current one".formatted(number));
    }
    try {
      Optional<Checkpoint> then = stores.restorePoints().of(version.get());
      if (then.isEmpty()) {
        return Optional.of(
            "what version %d was made of is no longer kept, only that of %s"
                .formatted(number, stores.restorePoints().versions()));
      }
      InputPositions back = CheckpointParts.progress(then.get()).positions();
      if (data == Command.DataSince.REPLAY && input.missing(back).isPresent()) {
        return input.missing(back);
      }
      RolledBack event = event(version.get(), current.get(), data, command, reason, test, back);
      Optional<String> problem = checkpointer.rollBack(then.get(), learner, data, event);
      if (problem.isPresent()) {
        return problem;
      }
      answers.accept(
          new MetricRecord.Commanded(
              model, Instant.now(), learner.tuner().steps(), command, "roll-back", "done", reason));
      throw new RolledBackException(
          "training goes on from version %d, what came behind it is %s"
              .formatted(number, data == Command.DataSince.SKIP ? "skipped" : "trained on again"));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private RolledBack event(
      ModelVersion version,
      long current,
      Command.DataSince data,
      String command,
      String reason,
      Optional<TestResult> test,
      InputPositions back) {
    Map<String, OffsetRange> skipped = new TreeMap<>();
    if (data == Command.DataSince.SKIP) {
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
        data.name(),
        command,
        reason,
        test,
        skipped,
        Instant.now());
  }

  private void answer(Command command, Answer answer, String detail) {
    String outcome = answer.name().toLowerCase(Locale.ROOT);
    LOG.infof("command %s, %s: %s, %s", command.id(), command.name(), outcome, detail);
    answers.accept(
        new MetricRecord.Commanded(
            model,
            Instant.now(),
            learner.tuner().steps(),
            command.id(),
            command.name(),
            outcome,
            detail));
  }

  private enum Answer {
    DONE,
    REFUSED,
    IGNORED
  }
}
