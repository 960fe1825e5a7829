package io.millrace.promotion;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.gate.PublicationDecision;
import io.millrace.heldout.EvaluationSettings;
import io.millrace.identity.RunIdentity;
import io.millrace.learner.Learner;
import io.millrace.score.Evaluation;
import io.millrace.step.CandidateModel;
import io.millrace.time.RunClock;
import io.millrace.tokenize.HeldOutExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;

/**
 * Evaluates the weights against the current version when it is time, and has the better ones
 * published. Training thread only; writing a version happens elsewhere, and the next evaluation
 * waits for it, so that what an evaluation compares with depends on steps, not on timing: but where
 * the artifact store fails, training goes on without evaluations until the version is sent or given
 * up. A version goes out with the next commit unit.
 */
public final class EvaluationScheduler implements Evaluations {

  private static final Logger LOG = Logger.getLogger(EvaluationScheduler.class);

  private final String model;
  private final EvaluationSettings settings;
  private final Learner learner;
  private final PromotionGate judge;
  private final Publishing publisher;
  private final OutboxBuffer outgoing;
  private final RunIdentity identity;
  private final RunClock clock;
  private final EvaluationBudget pace;

  private Optional<Champion> champion;
  private Optional<Champion> predecessor;
  private Optional<PendingVersion> publishing = Optional.empty();
  private long evaluatedAt;
  private long waited;
  private long evaluationTook;
  private long evaluatedExamples;
  private long evaluatedChunks;
  private long evaluatedSteps;

  /**
   * @param champion the current version; closed with this
   * @param predecessor the one before it, while it is watched whether that was better; closed with
   *     this
   * @param identity what the term belongs to, for roll-backs to what is published in it
   */
  public EvaluationScheduler(
      String model,
      EvaluationSettings settings,
      Learner learner,
      PromotionGate judge,
      Publishing publisher,
      OutboxBuffer outgoing,
      Optional<Champion> champion,
      Optional<Champion> predecessor,
      RunIdentity identity,
      RunClock clock) {
    this.model = model;
    this.settings = settings;
    this.learner = learner;
    this.judge = judge;
    this.publisher = publisher;
    this.outgoing = outgoing;
    this.champion = champion;
    this.predecessor = predecessor;
    this.identity = identity;
    this.clock = clock;
    this.pace = new EvaluationBudget(settings.maxShare());
    this.evaluatedAt = clock.nanos();
    this.evaluatedExamples = learner.progress().examplesTrained();
    this.evaluatedChunks = learner.progress().chunks();
    this.evaluatedSteps = learner.tuner().steps();
  }

  @Override
  public Optional<MetricRecord.Evaluated> evaluateIfDue() {
    if (!isDue()) {
      return Optional.empty();
    }
    long start = clock.nanos();
    awaitWritten();
    if (publishing.isPresent()) {
      waited += clock.nanos() - start;
      return Optional.empty();
    }
    return Optional.of(examine(Optional.empty(), start));
  }

  @Override
  public void trained(double seconds, int examples) {
    pace.trained(seconds, examples);
  }

  /**
   * Evaluates now, and publishes what a command wants published unless it is broken.
   *
   * @param command its id
   */
  public MetricRecord.Evaluated publishNow(String command) {
    return examine(Optional.of(command), clock.nanos());
  }

  @Override
  public boolean isWriting() {
    return publishing
        .filter(publication -> !publication.champion().isDone())
        .filter(publication -> !publication.isSending())
        .isPresent();
  }

  @Override
  public void finish() {
    if (publishing.isPresent()) {
      publishing.get().hurry();
      adopt(publishing.get().champion());
      publishing = Optional.empty();
    }
  }

  /** Waits for a version being published, unless sending it is tried again. */
  private void awaitWritten() {
    publishing.ifPresent(PendingVersion::awaitEnd);
    takeInWritten();
  }

  @Override
  public void takeInWritten() {
    if (publishing.filter(publication -> publication.champion().isDone()).isPresent()) {
      adopt(publishing.get().champion());
      publishing = Optional.empty();
    }
  }

  /** The last version written. */
  public Optional<Long> currentVersion() {
    return champion.map(current -> current.version().version());
  }

  /** The version before it, while that is watched. */
  public Optional<Long> predecessor() {
    return predecessor.map(before -> before.version().version());
  }

  /** The last version written, as the gate sees it; closed when the next one is adopted. */
  public Optional<Champion> champion() {
    return champion;
  }

  /** Compares the current version with the one before it no longer. */
  public void dropPredecessor() {
    predecessor.ifPresent(Champion::close);
    predecessor = Optional.empty();
  }

  private boolean isDue() {
    // Held-out examples alone are news too: they may complete the evidence for a first version.
    boolean newChunk = learner.progress().chunks() != evaluatedChunks;
    // So are the steps that replay takes between two chunks, at the pace that time sets.
    boolean newSteps = learner.tuner().steps() != evaluatedSteps;
    if (!newChunk && !newSteps || learner.heldOut().size() == 0) {
      return false;
    }
    long trained = learner.progress().examplesTrained() - evaluatedExamples;
    boolean firstIsPossible =
        newChunk
            && champion.isEmpty()
            && publishing.isEmpty()
            && judge.hasEvidence(learner.heldOut(), learner.progress().labels().size());
    Duration since = Duration.ofNanos(clock.nanos() - evaluatedAt);
    boolean overdue = judge.wantsLenientLook(champion, learner.progress());
    boolean wanted =
        firstIsPossible
            || overdue
            || trained >= settings.everyExamples()
            || since.compareTo(judge.freshness().cadence(settings.every())) >= 0;
    // Nothing to serve, or something too old, costs more than time that nobody trains in.
    boolean urgent = overdue || champion.isEmpty();
    int heldOut = learner.heldOut().size();
    return wanted && (pace.affords(heldOut) || urgent && pace.affordsUrgent(since, heldOut));
  }

  /**
   * @param start since when training stands still for it; waiting for the last version, scoring all
   *     versions on window and golden set, copying what is published, and what is told of it are
   *     its cost
   */
  private MetricRecord.Evaluated examine(Optional<String> command, long start) {
    finish();
    try (CandidateModel candidate = CandidateModel.of(learner.tuner())) {
      PromotionGate.Verdict verdict =
          judge.decide(
              candidate.model(),
              learner.progress(),
              learner.heldOut(),
              champion,
              predecessor,
              command);
      Optional<Long> published = Optional.empty();
      if (verdict.decision() instanceof PublicationDecision.Publish) {
        published = Optional.of(publish(candidate, verdict));
      }
      forgetOldPredictions();
      Optional<Evaluation> prequential = learner.prequential().evaluation(learner.labels());
      evaluatedAt = clock.nanos();
      evaluationTook = evaluatedAt - start + waited;
      waited = 0;
      pace.made(evaluationTook / 1e9, learner.heldOut().size());
      evaluatedExamples = learner.progress().examplesTrained();
      evaluatedChunks = learner.progress().chunks();
      evaluatedSteps = learner.tuner().steps();
      MetricRecord.Evaluated made = record(verdict, prequential, published);
      outgoing.add(made);
      return made;
    }
  }

  private long publish(CandidateModel candidate, PromotionGate.Verdict verdict) {
    long number = outgoing.lastVersion() + 1;
    publishing =
        Optional.of(
            publisher.publish(
                number,
                learner,
                candidate,
                verdict,
                champion.map(Champion::version),
                restorePoint(number)));
    return number;
  }

  /** What training left behind by now, for a roll-back to the version. */
  private Checkpoint restorePoint(long version) {
    return CommitParts.of(
        learner.snapshot(), Outbox.EMPTY, version, OwnerState.START.with(identity));
  }

  private void forgetOldPredictions() {
    List<HeldOutExample> examples = new ArrayList<>(learner.heldOut().examples());
    examples.addAll(learner.heldOut().golden());
    champion.ifPresent(version -> version.retain(examples));
    predecessor.ifPresent(version -> version.retain(examples));
  }

  private MetricRecord.Evaluated record(
      PromotionGate.Verdict verdict, Optional<Evaluation> prequential, Optional<Long> published) {
    return new MetricRecord.Evaluated(
        model,
        clock.now(),
        learner.tuner().steps(),
        verdict.candidate(),
        verdict.champion(),
        verdict.golden(),
        verdict.championGolden(),
        prequential,
        currentVersion(),
        published,
        EvaluationOutcome.of(verdict.decision()),
        verdict.decision().reason(),
        verdict.decision().test(),
        verdict.regression(),
        evaluationTook / 1e9);
  }

  private void adopt(CompletableFuture<Champion> published) {
    try {
      Champion next = published.join();
      predecessor.ifPresent(Champion::close);
      predecessor = champion;
      champion = Optional.of(next);
      outgoing.add(next.version());
    } catch (CompletionException e) {
      LOG.errorf(
          e.getCause(),
          "publication failed, version %s stays; the next evaluation tries again",
          currentVersion().map(String::valueOf).orElse("none"));
    }
  }

  /** A version that nobody waits for any more is let go of, whenever it is done. */
  private static void drop(PendingVersion publication) {
    publication.hurry();
    CompletionStage<Champion> champion = publication.champion();
    champion.thenAccept(Champion::close);
  }

  @Override
  public void close() {
    publishing.ifPresent(EvaluationScheduler::drop);
    champion.ifPresent(Champion::close);
    predecessor.ifPresent(Champion::close);
  }
}
