package io.millrace.run;

import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.RunState;
import io.millrace.event.MetricRecord;
import io.millrace.example.RecordPosition;
import io.millrace.intake.Work;
import io.millrace.learner.BrokenTrainingException;
import io.millrace.learner.ChunkPass;
import io.millrace.learner.Learner;
import io.millrace.learner.RefusedSteps;
import io.millrace.learner.StepReport;
import io.millrace.step.NonFiniteWeightsException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The heart of the service, and where to start reading: takes a chunk (or, while none waits,
 * replayed examples where they are wanted), trains on it, evaluates when it is time, publishes what
 * is better, commits. One {@link #turn} takes one optimizer step or does one other thing, and never
 * sleeps: whoever calls it waits, so that one thread can drive several runs. Service, backtest and
 * rebuild differ in their ports only. Runs on the one thread that owns the weights.
 */
public final class TrainingRun implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(TrainingRun.class);

  /** Without work for so long, a run does what else is due. */
  private static final Duration IDLE = Duration.ofMillis(500);

  private final Learner learner;
  private final RunState state;
  private final RunPorts ports;

  /** The work under way; commands, evaluations, commits and stops wait for its end. */
  private Optional<ChunkPass> pass = Optional.empty();

  /** Taken from the source, and waiting for room in the journal. */
  private Optional<Work> held = Optional.empty();

  /** Whether the work under way took a step, applied or refused. */
  private boolean stepped;

  /** Since when no work was there, nanoseconds; empty where the last turn found some. */
  private Optional<Long> idleSince = Optional.empty();

  private volatile boolean stopping;
  private volatile boolean abandoned;

  /**
   * @param learner closed with this
   */
  public TrainingRun(Learner learner, RunState state, RunPorts ports) {
    this.learner = learner;
    this.state = state;
    this.ports = ports;
  }

  /** Asks the run to end after the chunk in work, and to commit. Any thread. */
  void stop() {
    stopping = true;
  }

  /** Asks the run to end after the chunk in work, and to commit nothing more. Any thread. */
  void abandon() {
    abandoned = true;
    stopping = true;
  }

  /** Takes one optimizer step, or does one other thing. After {@link Turn.Ended} none follows. */
  public Turn turn() throws InterruptedException {
    try {
      Turn turn = pass.isPresent() ? goOn(pass.get()) : next();
      if (!(turn instanceof Turn.Idle)) {
        idleSince = Optional.empty();
      }
      return turn;
    } catch (OwnershipLostException e) {
      return new Turn.Ended(new LoopEnd.Lost(e.getMessage()));
    } catch (NonFiniteWeightsException | BrokenTrainingException e) {
      return new Turn.Ended(new LoopEnd.Broken(e.getMessage()));
    }
  }

  /** Between two pieces of work. */
  private Turn next() throws OwnershipLostException, InterruptedException {
    if (stopping) {
      return new Turn.Ended(end());
    }
    ports.control().tellAnswers();
    if (learner.isSettled() && ports.commits().mustWait()) {
      return waitForRoom();
    }
    Optional<LoopEnd> end = learner.isSettled() ? ports.control().obey() : Optional.empty();
    if (end.isPresent()) {
      return new Turn.Ended(end.get());
    }
    if (ports.control().isPaused()) {
      commitIfDue();
      ports.report().paused();
      return Turn.BLOCKED;
    }
    Optional<Work> work = work();
    return work.isPresent() ? begin(work.get()) : idle();
  }

  private Optional<Work> work() throws InterruptedException {
    if (held.isPresent()) {
      return held;
    }
    Optional<Work> replay = ports.source().isRepeating() ? Optional.empty() : learner.idleWork();
    return ports
        .source()
        .poll()
        .or(() -> replay)
        .map(work -> work.isRepeated() ? work : work.after(forgotten(), state.control().rewarm()));
  }

  /** What later records are about counts from their arrival on, not from their turn. */
  private List<RecordPosition> forgotten() {
    return Stream.concat(
            state.standing().letGo().stream(),
            learner.amended(ports.source().amendments()).stream())
        .distinct()
        .toList();
  }

  private Turn begin(Work work) throws OwnershipLostException, InterruptedException {
    ports.report().waited();
    if (!isJournaled(work)) {
      held = Optional.of(work);
      return waitForRoom();
    }
    held = Optional.empty();
    if (!work.isRepeated()) {
      state.letGo();
      if (work.rewarms()) { // what waited for room was made before a command that came since
        state.rewarmed();
      }
    }
    if (work.rewarms()) {
      learner.tuner().rewarm();
    }
    stepped = false;
    pass = Optional.of(learner.begin(work));
    return Turn.WORKED;
  }

  private boolean isJournaled(Work work) {
    if (work.isRepeated()) {
      return true;
    }
    long start = ports.clock().nanos();
    boolean done =
        ports.journal().append(WorkEntries.of(work, learner.progress(), ports.identity()));
    ports.report().journaled(Duration.ofNanos(ports.clock().nanos() - start));
    return done;
  }

  private Turn goOn(ChunkPass now) throws OwnershipLostException, InterruptedException {
    if (now.hasStep()) {
      StepReport trained = now.step();
      stepped = true;
      ports.report().stepDone(trained);
      ports.evaluations().trained(trained.seconds(), trained.examples());
      return Turn.WORKED;
    }
    now.finish();
    pass = Optional.empty();
    now.chunk().ifPresent(ports.report()::chunkDone);
    return settle(/* worked= */ true, stepped);
  }

  /** Without work for a while: what time alone asks for is done. */
  private Turn idle() throws OwnershipLostException, InterruptedException {
    long now = ports.clock().nanos();
    if (idleSince.isEmpty()) {
      idleSince = Optional.of(now);
    }
    if (now - idleSince.get() < IDLE.toNanos()) {
      return Turn.IDLE;
    }
    ports.report().waited();
    idleSince = Optional.empty();
    return settle(/* worked= */ false, /* stepped= */ false);
  }

  /** After a piece of work, or time without any. */
  private Turn settle(boolean worked, boolean tookStep)
      throws OwnershipLostException, InterruptedException {
    if (!tookStep && !learner.isSettled()) {
      RefusedSteps.settle(learner);
    }
    if (!ports.source().hasTimeForReplay() || learner.idleWork().isEmpty()) {
      Optional<MetricRecord.Evaluated> evaluated = ports.evaluations().evaluateIfDue();
      if (evaluated.isPresent()) {
        ports.report().evaluated(evaluated.get());
        Optional<LoopEnd> end = ports.control().afterEvaluation(evaluated.get());
        if (end.isPresent()) {
          return new Turn.Ended(end.get());
        }
      }
    }
    commitIfDue();
    ports.report().worked(worked);
    return Turn.WORKED;
  }

  private Turn waitForRoom() throws OwnershipLostException, InterruptedException {
    commitIfDue();
    ports.report().waitedForRoom(ports.commits().state().problem().or(ports.journal()::problem));
    return Turn.BLOCKED;
  }

  /** A version that is written by now goes with the commit. */
  private void commitIfDue() throws OwnershipLostException, InterruptedException {
    ports.evaluations().takeInWritten();
    if (!ports.evaluations().isWriting()) { // the heap has room for one copy of the moments
      ports.commits().commitIfDue();
    }
  }

  private LoopEnd end() throws OwnershipLostException, InterruptedException {
    if (abandoned) {
      return new LoopEnd.Abandoned();
    }
    ports.evaluations().finish();
    LoopEnd end = new LoopEnd.Stopped(ports.commits().commitNow());
    LOG.infof("training stopped behind step %d, %s", learner.tuner().steps(), end.reason());
    ports.control().tellAnswers();
    return end;
  }

  @Override
  public void close() {
    ports.evaluations().close();
    learner.close();
    ports.journal().close();
  }
}
