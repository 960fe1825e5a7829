package io.millrace.pipeline;

import io.millrace.evaluation.Evaluation;
import io.millrace.evaluation.EvaluationSettings;
import io.millrace.evaluation.HeldOutEvaluator;
import io.millrace.evaluation.HeldOutExample;
import io.millrace.publication.PublicationDecision;
import io.millrace.publication.PublicationPolicy;
import io.millrace.training.CandidateModel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Evaluates the weights against the current version when it is time, and has the better ones
 * published. Training thread only; writing a version happens elsewhere, and the next evaluation
 * waits for it, so that what an evaluation compares with depends on steps, not on timing. A written
 * version goes out with the next commit unit.
 */
final class Examiner implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Examiner.class);

  private final String model;
  private final EvaluationSettings settings;
  private final Learner learner;
  private final HeldOutEvaluator evaluator;
  private final PublicationPolicy policy;
  private final Publisher publisher;
  private final Outgoing outgoing;
  private final LongSupplier nanoTime;

  private Optional<Champion> champion;
  private Optional<CompletableFuture<Champion>> publishing = Optional.empty();
  private long evaluatedAt;
  private long evaluatedExamples;
  private long evaluatedChunks;
  private long evaluatedSteps;

  Examiner(
      String model,
      EvaluationSettings settings,
      Learner learner,
      HeldOutEvaluator evaluator,
      PublicationPolicy policy,
      Publisher publisher,
      Outgoing outgoing,
      Optional<Champion> champion,
      LongSupplier nanoTime) {
    this.model = model;
    this.settings = settings;
    this.learner = learner;
    this.evaluator = evaluator;
    this.policy = policy;
    this.publisher = publisher;
    this.outgoing = outgoing;
    this.champion = champion;
    this.nanoTime = nanoTime;
    this.evaluatedAt = nanoTime.getAsLong();
    this.evaluatedExamples = learner.progress().examplesTrained();
    this.evaluatedChunks = learner.progress().chunks();
    this.evaluatedSteps = learner.tuner().steps();
  }

  /** Evaluates if enough was trained, or time passed and anything came, since the last time. */
  Optional<MetricRecord.Evaluated> examineIfDue() {
    return isDue() ? Optional.of(examine()) : Optional.empty();
  }

  /** Whether a version is being written; one that is written by now becomes the champion. */
  boolean isPublishing() {
    if (publishing.filter(CompletableFuture::isDone).isPresent()) {
      finish();
    }
    return publishing.isPresent();
  }

  /** Waits for a version being written. */
  void finish() {
    publishing.ifPresent(this::adopt);
    publishing = Optional.empty();
  }

  /** The last version written. */
  Optional<Long> currentVersion() {
    return champion.map(current -> current.version().version());
  }

  /** The last version written, as the gate sees it; closed when the next one is adopted. */
  Optional<Champion> champion() {
    return champion;
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
            && policy.hasEvidence(
                learner.heldOut().smallestClass(learner.progress().labels().size()));
    return firstIsPossible
        || trained >= settings.everyExamples()
        || nanoTime.getAsLong() - evaluatedAt >= settings.every().toNanos();
  }

  private MetricRecord.Evaluated examine() {
    finish();
    long start = nanoTime.getAsLong();
    try (CandidateModel model = CandidateModel.of(learner.tuner())) {
      return examine(model, start);
    }
  }

  private MetricRecord.Evaluated examine(CandidateModel evaluated, long start) {
    List<HeldOutExample> examples = learner.heldOut().examples();
    Evaluation candidate = evaluator.evaluate(examples, evaluated.model()::logits);
    Optional<Evaluation> current = champion.map(version -> version.evaluate(examples));
    PublicationDecision decision = policy.decide(candidate, current);
    Optional<Long> published = Optional.empty();
    if (decision instanceof PublicationDecision.Publish) {
      Publisher.Candidate next =
          publisher.candidate(
              outgoing.lastVersion() + 1,
              learner,
              evaluated,
              examples,
              candidate,
              current,
              currentVersion(),
              decision);
      published = Optional.of(next.version());
      publishing = Optional.of(publisher.publish(next));
    }
    evaluatedAt = nanoTime.getAsLong();
    evaluatedExamples = learner.progress().examplesTrained();
    evaluatedChunks = learner.progress().chunks();
    evaluatedSteps = learner.tuner().steps();
    MetricRecord.Evaluated made =
        new MetricRecord.Evaluated(
            model,
            Instant.now(),
            learner.tuner().steps(),
            candidate,
            current,
            currentVersion(),
            published,
            decision.reason(),
            (evaluatedAt - start) / 1e9);
    outgoing.add(made);
    return made;
  }

  private void adopt(CompletableFuture<Champion> published) {
    try {
      Champion next = published.join();
      champion.ifPresent(Champion::close);
      champion = Optional.of(next);
      outgoing.add(next.version());
    } catch (CompletionException e) {
      LOG.errorf(
          e.getCause(),
          "publication failed, version %s stays; the next evaluation tries again",
          currentVersion().map(String::valueOf).orElse("none"));
    }
  }

  @Override
  public void close() {
    champion.ifPresent(Champion::close);
  }
}
