package io.millrace.pipeline;

import io.millrace.example.RecordPosition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The heart of the service, and where to start reading: take a chunk, train on it (or, while none
 * waits, on replayed examples where they are wanted), evaluate when it is time, publish what is
 * better, checkpoint. Runs on the one thread that owns the weights.
 */
final class TrainingLoop {

  private static final Logger LOG = Logger.getLogger(TrainingLoop.class);
  private static final Duration LOOK_UP = Duration.ofMillis(500);

  private final ChunkQueue queue;
  private final WriteAhead journal;
  private final Learner learner;
  private final Examiner examiner;
  private final RunState run;
  private final CommitSchedule commits;
  private final Outgoing outgoing;
  private final TrainingReport report;
  private final Steering steering;

  /** Taken from the queue, and waiting for room in the journal. */
  private Optional<Work> held = Optional.empty();

  /** Whether the work in hand took a step, applied or refused. */
  private boolean stepped;

  private volatile boolean stopping;
  private volatile boolean abandoned;

  TrainingLoop(
      ChunkQueue queue,
      WriteAhead journal,
      Learner learner,
      Examiner examiner,
      RunState run,
      CommitSchedule commits,
      Outgoing outgoing,
      TrainingReport report,
      Steering steering) {
    this.queue = queue;
    this.journal = journal;
    this.learner = learner;
    this.examiner = examiner;
    this.run = run;
    this.commits = commits;
    this.outgoing = outgoing;
    this.report = report;
    this.steering = steering;
  }

  /** Asks the loop to end behind the chunk in work, and to commit. Any thread. */
  void stop() {
    stopping = true;
  }

  /** Asks the loop to end behind the chunk in work, and to commit nothing more. Any thread. */
  void abandon() {
    abandoned = true;
    stopping = true;
  }

  /**
   * Trains until it is asked to end.
   *
   * @throws OwnershipLostException where another owner has taken over
   * @throws RolledBackException where it goes on from an earlier version
   */
  void run() throws OwnershipLostException {
    try {
      while (!stopping) {
        steering.tellAnswers();
        if (mustWait()) {
          waitForRoom();
          continue;
        }
        if (learner.isSettled()) {
          steering.obey();
        }
        if (steering.isPaused()) {
          pause();
        } else {
          work();
        }
      }
      if (!abandoned) {
        examiner.finish();
        LOG.infof(
            "training stopped behind step %d, %s",
            learner.tuner().steps(),
            commits.commitNow() ? "everything saved" : "the last checkpoint stands");
        steering.tellAnswers();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warn("training was interrupted; the last checkpoint stands");
    } finally {
      examiner.close();
      learner.close();
      journal.close();
    }
  }

  private void work() throws OwnershipLostException, InterruptedException {
    Optional<Work> work = next();
    report.waited();
    long start = System.nanoTime();
    boolean journaled = work.isEmpty() || journal.add(work.get(), learner.progress());
    if (work.isPresent()) {
      report.journaled(Duration.ofNanos(System.nanoTime() - start));
    }
    if (!journaled) {
      held = work;
      waitForRoom();
      return;
    }
    held = Optional.empty();
    if (work.isPresent() && !work.get().isRepeated()) {
      run.letGo();
      if (work.get().rewarms()) { // what waited for room was made before a command that came since
        run.rewarmed();
      }
    }
    stepped = false;
    work.ifPresent(this::train);
    if (!stepped && !learner.isSettled()) {
      RefusedSteps.settle(learner);
    }
    Optional<MetricRecord.Evaluated> evaluated = examiner.examineIfDue();
    if (evaluated.isPresent()) {
      report.evaluated(evaluated.get());
      steering.afterEvaluation(evaluated.get());
    }
    saveIfDue();
    report.worked(work.isPresent());
  }

  private Optional<Work> next() throws InterruptedException {
    if (held.isPresent()) {
      return held;
    }
    Optional<Work> idle = queue.isRepeating() ? Optional.empty() : learner.idleWork();
    Optional<Work> work = queue.take(idle.isPresent() ? Duration.ZERO : LOOK_UP).or(() -> idle);
    return work.map(
        next -> next.isRepeated() ? next : next.after(forgotten(), run.control().rewarm()));
  }

  /** What later records are about counts from their arrival on, not from their turn. */
  private List<RecordPosition> forgotten() {
    return Stream.concat(
            run.standing().letGo().stream(), learner.amended(queue.amendments()).stream())
        .distinct()
        .toList();
  }

  private void train(Work work) {
    if (work.rewarms()) {
      learner.tuner().rewarm();
    }
    ChunkPass pass = learner.begin(work);
    while (pass.hasStep()) {
      stepDone(pass.step());
    }
    pass.finish();
    pass.chunk().ifPresent(report::chunkDone);
  }

  private void stepDone(Trained trained) {
    stepped = true;
    report.stepDone(trained);
    examiner.trained(trained.seconds(), trained.examples());
  }

  /** No room on the disk, or more dead letters than may wait: the input waits, too. */
  private boolean mustWait() {
    return learner.isSettled() && (commits.state().problem().isPresent() || outgoing.isFull());
  }

  private void pause() throws OwnershipLostException, InterruptedException {
    TimeUnit.NANOSECONDS.sleep(LOOK_UP.toNanos());
    saveIfDue();
    report.paused();
  }

  private void waitForRoom() throws OwnershipLostException, InterruptedException {
    TimeUnit.NANOSECONDS.sleep(LOOK_UP.toNanos());
    saveIfDue();
    report.waitedForRoom(commits.state().problem().or(journal::problem));
  }

  /** A version that is written by now goes with the unit. */
  private void saveIfDue() throws OwnershipLostException, InterruptedException {
    if (!examiner.isWriting()) { // the heap has room for one copy of the moments
      commits.commitIfDue();
    }
  }
}
