package io.millrace.run;

import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.control.Command;
import io.millrace.control.CommandPositions;
import io.millrace.control.CommandReceiver;
import io.millrace.control.Commands;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.intake.RecordReceiver;
import io.millrace.learner.StartingModel;
import io.millrace.optim.LearningRateSchedule;
import io.millrace.owner.AcceptedChange;
import io.millrace.owner.Recovery;
import io.millrace.report.StatusBoard;
import io.millrace.report.TrainerState;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jboss.logging.Logger;

/**
 * Owner or standby: holds at most one ownership, begins it, ends it, and restores the last unit
 * where training broke. Thread-safe; {@link #receive} blocks outside its lock.
 */
public final class Trainer implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Trainer.class);
  private static final Duration LAST_STEP = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final PipelineConfig config;
  private final Stores stores;
  private final Sinks sinks;
  private final Ownership.Claims claims;
  private final StartingModel model;
  private final StatusBoard board;

  private volatile Optional<Owning> owning = Optional.empty();
  private Optional<TrainingThread> last = Optional.empty();
  private Optional<String> restored = Optional.empty();

  /**
   * A standby.
   *
   * @throws IllegalArgumentException naming settings of the schedule that contradict each other
   */
  Trainer(
      PipelineConfig config,
      Stores stores,
      Sinks sinks,
      Ownership.Claims claims,
      StartingModel model,
      StatusBoard board) {
    this.config = config;
    this.stores = stores;
    this.sinks = sinks;
    this.claims = claims;
    this.model = model;
    this.board = board;
    LOG.infof(
        "model %s: base %s on %s, learning rate %s; a standby until the group gives it the input",
        config.model().name(),
        model.origin(),
        model.deviceName(),
        LearningRateSchedule.of(config.training()));
    board.state(TrainerState.STANDBY);
  }

  /** See {@link RecordReceiver#takeOver}. */
  public synchronized InputPositions takeOver(int generation) throws InterruptedException {
    giveUp("it is begun anew");
    board.state(TrainerState.STARTING);
    try {
      Ownership ownership = claims.claim(stores.checkpoints().highestTerm());
      try {
        Recovery recovery =
            Recovery.of(config, stores, ownership, model.identity(), model.architecture());
        Optional<AcceptedChange> accepted = recovery.accepted(ownership.source());
        if (accepted.isPresent()) {
          ownership.commit(recovery.unsent().orElseGet(recovery::goneOn));
          accepted.get().commit(stores, ownership);
          ownership.close();
          ownership = claims.claim(stores.checkpoints().highestTerm());
          recovery = Recovery.of(config, stores, ownership, model.identity(), model.architecture());
        }
        PipelineAssembly assembly =
            new PipelineAssembly(config, stores, sinks, board, model, ownership, recovery);
        TrainingThread thread = new TrainingThread(assembly, board, last, this::ended);
        owning = Optional.of(new Owning(generation, ownership.source().topics(), assembly, thread));
        last = Optional.of(thread);
        thread.start();
        return assembly.intake().positions();
      } catch (IOException | OwnershipLostException | InterruptedException | RuntimeException e) {
        ownership.close();
        throw e;
      }
    } catch (IOException | OwnershipLostException e) {
      throw new PipelineException(e.getMessage(), e);
    }
  }

  /** See {@link RecordReceiver#giveUp}. */
  public synchronized void giveUp(String why) {
    if (owning.isPresent()) {
      LOG.infof("this instance no longer owns model %s: %s", config.model().name(), why);
      owning.get().thread().abandon();
      owning = Optional.empty();
      board.endOfTerm();
    } else {
      board.state(TrainerState.STANDBY); // the take-over failed, if there was one
    }
  }

  /** See {@link RecordReceiver#knows}. */
  boolean knows(Set<String> topics) {
    return owning.map(own -> own.topics().containsAll(topics)).orElse(false);
  }

  boolean isOwner() {
    return owning.isPresent();
  }

  /** Where the owner reads on; the beginning for a standby. */
  InputPositions positions() {
    return owning.map(own -> own.assembly().intake().positions()).orElse(InputPositions.START);
  }

  /** See {@link CommandReceiver#term}. */
  OptionalLong term() {
    Optional<Owning> owner = owning;
    return owner.isPresent()
        ? OptionalLong.of(owner.get().assembly().term())
        : OptionalLong.empty();
  }

  /** See {@link CommandReceiver#commandPositions}. */
  CommandPositions commandPositions() {
    return owning.map(own -> own.assembly().commandPositions()).orElse(CommandPositions.START);
  }

  /** See {@link CommandReceiver#commandsBegin}. */
  void commandsBegin(long term, CommandPositions at) throws InterruptedException {
    Optional<Commands> commands = commands(term);
    if (commands.isPresent()) {
      commands.get().begin(at);
    }
  }

  /** See {@link CommandReceiver#unannounced}. */
  void unannounced(ModelVersion version) throws InterruptedException {
    Optional<Owning> owner = owning;
    if (owner.isPresent()) {
      owner.get().assembly().commands().unannounced(version);
    }
  }

  /** See {@link CommandReceiver#command}. */
  void command(long term, Partition partition, long offset, byte[] value)
      throws InterruptedException {
    Optional<Commands> commands = commands(term);
    if (commands.isPresent()) {
      commands.get().add(partition, offset, Command.read(value, partition + "@" + offset));
    }
  }

  private Optional<Commands> commands(long term) {
    return owning
        .map(Owning::assembly)
        .filter(assembly -> assembly.term() == term)
        .map(PipelineAssembly::commands);
  }

  /** See {@link RecordReceiver#receive}. */
  public void receive(int generation, List<InboundRecord> records) throws InterruptedException {
    Optional<Owning> owner = owning;
    if (owner.isEmpty() || generation < owner.get().generation()) {
      LOG.debugf("%d records of an ownership that is over", records.size());
      return;
    }
    try {
      owner.get().assembly().intake().receive(records);
    } catch (CancellationException e) {
      LOG.debug("the ownership ended meanwhile", e);
    }
  }

  /**
   * Finishes the chunk in work, commits, and ends the ownership. A commit that the broker does not
   * take within a few seconds is left to the next owner.
   */
  public void stop(Duration timeout) throws InterruptedException {
    Optional<Owning> owner = owning;
    if (owner.isPresent()) {
      owner.get().thread().stop(timeout, PATIENCE);
      owner.get().assembly().close();
    }
  }

  /** Waits a few seconds for the training thread, which ends behind the chunk in work. */
  @Override
  public void close() throws InterruptedException {
    giveUp("the service stops");
    if (last.isPresent()) {
      last.get().join(LAST_STEP);
    }
    model.close();
  }

  /** On the training thread, which ends behind this. */
  private synchronized void ended(TrainingThread thread, LoopEnd end) {
    if (owning.filter(own -> own.thread() == thread).isEmpty()) {
      return; // that ownership was given up meanwhile
    }
    if (end instanceof LoopEnd.Lost) {
      LOG.warnf("%s: this instance stops training and becomes a standby", end.reason());
    } else if (end instanceof LoopEnd.RolledBack) {
      LOG.infof("rolled back: %s", end.reason());
    } else if (!restore(end.reason())) {
      return;
    }
    giveUp(end.reason());
    sinks.input().rejoin();
  }

  /** Whether the last unit is to be restored: once, and again only when there is a newer one. */
  private boolean restore(String reason) {
    String unit = board.status().lastCheckpoint().orElse("the base");
    if (restored.equals(Optional.of(unit))) {
      String message = reason + "; " + unit + " was restored once and led here again";
      LOG.errorf("training has stopped for good: %s", message);
      board.refuse(
          message,
          "Start with a lower millrace.training.learning-rate, or roll back; see what is in the"
              + " examples behind the checkpoint's positions.");
      return false;
    }
    LOG.errorf("%s; training goes on from %s", reason, unit);
    board.unhealthy(reason);
    restored = Optional.of(unit);
    return true;
  }

  private record Owning(
      int generation, Set<String> topics, PipelineAssembly assembly, TrainingThread thread) {}
}
