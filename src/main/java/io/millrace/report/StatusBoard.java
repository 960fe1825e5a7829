package io.millrace.report;

import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.learner.ReplayCounts;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.score.Evaluation;
import io.millrace.storage.DurabilityTimes;
import io.millrace.torch.DeviceMemory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The status that others read. Written by the training thread (and by start-up before it runs),
 * read by any.
 */
public final class StatusBoard implements StatusView {

  /** The places of the training thread's problems. */
  public static final String CHECKPOINT = "checkpoint";

  public static final String JOURNAL = "journal";
  public static final String PUBLICATION = "publication";
  static final String TRAINING = "training";

  private static final List<String> OF_A_TERM =
      List.of(CHECKPOINT, JOURNAL, PUBLICATION, "commit", "version");

  private final OpenProblems problems;
  private final DurabilityTimes times;
  private volatile Status status;
  private volatile Supplier<Optional<DeviceMemory>> deviceMemory = Optional::empty;
  private final AtomicLong replacedTimestamps = new AtomicLong();
  private volatile boolean started;
  private volatile Optional<String> failure = Optional.empty();
  private volatile Optional<String> broken = Optional.empty();
  private volatile boolean restartHelps;

  /** That shows its problems and times to nobody. */
  public StatusBoard(String model, String base, String device) {
    this(model, base, device, new OpenProblems(), new DurabilityTimes());
  }

  public StatusBoard(
      String model, String base, String device, OpenProblems problems, DurabilityTimes times) {
    this.problems = problems;
    this.times = times;
    status = start(model, base, device);
  }

  private static Status start(String model, String base, String device) {
    return new Status(
        model,
        base,
        device,
        TrainerState.STARTING,
        List.of(),
        0,
        0,
        0,
        0,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Double.NaN,
        0,
        0,
        Double.NaN,
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        ReplayCounts.NONE);
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public boolean started() {
    return started;
  }

  @Override
  public Optional<String> failure() {
    return failure.or(() -> broken);
  }

  /** Whether training has stopped for good. */
  public boolean hasFailed() {
    return failure.isPresent();
  }

  public void start() {
    started = true;
  }

  @Override
  public long replacedTimestamps() {
    return replacedTimestamps.get();
  }

  /** Counts timestamps that were replaced. Any thread. */
  public void replacedTimestamps(int more) {
    replacedTimestamps.addAndGet(more);
  }

  @Override
  public Optional<DeviceMemory> deviceMemory() {
    return deviceMemory.get();
  }

  /**
   * Says where training runs, once that is known.
   *
   * @param memory the device's, asked for by any thread
   */
  public void device(String device, Supplier<Optional<DeviceMemory>> memory) {
    deviceMemory = memory;
    Status s = status;
    status = start(s.model(), s.base(), device);
  }

  /** Says that training broke and is restored; {@link #recovered} ends it. */
  public void unhealthy(String message) {
    broken = Optional.of(message);
    problems.report(
        TRAINING,
        Outlook.RETRIES,
        message,
        "Nothing yet: training goes on from the last checkpoint. If it comes again, lower"
            + " millrace.training.learning-rate.");
  }

  /** A step was applied. */
  public void recovered() {
    if (broken.isPresent()) {
      broken = Optional.empty();
      problems.resolve(TRAINING);
    }
  }

  /** Training has stopped by a defect: a restart goes on from the last checkpoint. */
  public void fail(String message) {
    restartHelps = true;
    stop(message, "Restart the instance; training goes on from the last checkpoint.");
  }

  /**
   * Training has stopped, and would again after a restart.
   *
   * @param remedy one sentence
   */
  public void refuse(String message, String remedy) {
    stop(message, remedy);
  }

  private void stop(String message, String remedy) {
    failure = Optional.of(message);
    problems.report(TRAINING, Outlook.REFUSED, message, remedy);
    state(TrainerState.FAILED);
  }

  @Override
  public boolean stopped() {
    return hasFailed();
  }

  @Override
  public boolean restartHelps() {
    return hasFailed() && restartHelps;
  }

  /** What stands in the way. */
  public OpenProblems problems() {
    return problems;
  }

  /** How long it takes until what was trained is safe. */
  public DurabilityTimes times() {
    return times;
  }

  /** What stood in the way of an owner does not stand in the way of a standby. */
  public void endOfTerm() {
    OF_A_TERM.forEach(problems::resolve);
  }

  public void state(TrainerState state) {
    Status s = status;
    status =
        new Status(
            s.model(),
            s.base(),
            s.device(),
            state,
            s.labels(),
            s.step(),
            s.examplesTrained(),
            s.examplesPerSecond(),
            s.tokensPerSecond(),
            s.loss(),
            s.prequentialAccuracy(),
            s.prequentialConstantAccuracy(),
            s.heldOutExamples(),
            s.lastEvaluation(),
            s.currentVersion(),
            s.publicationProblem(),
            s.deadLetters(),
            s.amended(),
            s.paddingShare(),
            s.busySeconds(),
            s.waitSeconds(),
            s.evaluationShare(),
            s.lag(),
            s.positions(),
            s.lastCheckpoint(),
            s.replay());
  }

  /** Replaces the numbers; model, base and device stay. */
  public void update(
      TrainerState state,
      Learner learner,
      Throughput throughput,
      LoopClock clock,
      double loss,
      Optional<Evaluation> lastEvaluation,
      Optional<Long> currentVersion,
      Optional<String> publicationProblem,
      Optional<Long> lag,
      Optional<String> lastCheckpoint) {
    Progress progress = learner.progress();
    status =
        new Status(
            status.model(),
            status.base(),
            status.device(),
            state,
            progress.labels(),
            learner.tuner().steps(),
            progress.examplesTrained(),
            throughput.examplesPerSecond(),
            throughput.tokensPerSecond(),
            loss,
            learner.prequential().accuracy(),
            learner.prequential().constantAccuracy(),
            learner.heldOut().size(),
            lastEvaluation,
            currentVersion,
            publicationProblem,
            progress.deadLetters(),
            progress.amended(),
            progress.paddingShare(),
            clock.busySeconds(),
            clock.waitSeconds(),
            clock.evaluationShare(),
            lag,
            progress.next(),
            lastCheckpoint,
            progress.replay());
  }
}
