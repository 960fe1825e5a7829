package io.millrace.pipeline;

import io.millrace.evaluation.HeldOutEvaluator;
import io.millrace.example.DeadLetter;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.LabelSet;
import io.millrace.journal.BatchJournal;
import io.millrace.publication.ArtifactStore;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.Retention;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One ownership of the model: puts the loop together from settings, stores, sinks and what store
 * and broker say about the last commit unit. What a unit says wins over where the settings would
 * start; where the two contradict each other, the start fails.
 */
final class PipelineAssembly implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(PipelineAssembly.class);

  private final PipelineConfig config;
  private final Stores stores;
  private final Sinks sinks;
  private final StatusBoard board;
  private final StartingModel model;
  private final Ownership ownership;
  private final Announcements announcements;
  private final Recovery recovery;
  private final BatchJournal.Appender journal;
  private final CompletableFuture<LabelSet> labels = new CompletableFuture<>();
  private final ChunkQueue queue;
  private final Intake intake;
  private final Commands commands = new Commands();
  private final Standing standing;
  private final Uploads uploads;
  private final ExecutorService background = thread("millrace-writer");

  /** Versions have their own: one on its way to others must not hold up the units. */
  private final ExecutorService publishing = thread("millrace-publisher");

  /**
   * Loads the last unit, and sends what a crash kept from the broker.
   *
   * @param ownership closed with this
   * @throws PipelineException where settings and unit contradict each other; names both
   * @throws OwnershipLostException where another owner was faster
   */
  PipelineAssembly(
      PipelineConfig config,
      Stores stores,
      Sinks sinks,
      StatusBoard board,
      StartingModel model,
      Ownership ownership)
      throws IOException, OwnershipLostException, InterruptedException {
    this.config = config;
    this.stores = stores;
    this.sinks = sinks;
    this.board = board;
    this.model = model;
    this.ownership = ownership;
    if (ownership.ledger().lastVersion().isPresent()) { // a crash may have come before the mark
      stores.versions().markAnnounced(ownership.ledger().lastVersion().get());
    }
    announcements =
        new Announcements(stores.versions(), this::cleanUp, sinks.onVersion(), sinks.onLetter());
    uploads = new Uploads(sinks.artifacts(), config.publication().uploadTimeout());
    recovery = Recovery.of(config, stores, ownership.ledger());
    recovery.labels().ifPresent(labels::complete);
    LOG.info(found());
    announceUnsent();
    standing = recovery.standing().goneOn(recovery.lettersSent());
    if (standing.rolledBack().isPresent()) { // a crash may have come before the store knew
      stores.versions().markCurrent(standing.rolledBack().get());
    }
    journal =
        stores
            .journal()
            .begin(
                ownership.term(),
                recovery.unit(),
                recovery.progress().journalPosition(),
                recovery.repeated());
    queue =
        new ChunkQueue(
            config.batch().chunkExamples(),
            config.batch().chunkMaxWait(),
            config.pipeline().queuedChunks(),
            recovery.positions(),
            new Repetition(recovery.repeated()),
            System::nanoTime);
    intake =
        new Intake(
            new RecordReader(
                new ExampleDecoder(config.example(), config.labels()),
                model.tokenizer(),
                board::replacedTimestamps),
            queue,
            config.heldOutTopic(),
            new LabelLearner(config.labels().learnFrom(), config.labels().maxHeld()),
            labels,
            config.labels().unknown(),
            recovery.positions());
  }

  /** One paragraph: what was found, and what follows. */
  private String found() {
    return "model %s, term %d: base %s on %s, texts cut at %d tokens, %s. %s"
        .formatted(
            config.model().name(),
            ownership.term(),
            model.origin(),
            model.deviceName(),
            model.tokenizer().maxLength(),
            labels.isDone() ? labels.join().summary() : "labels learned from the stream",
            recovery);
  }

  private void announceUnsent() throws IOException, OwnershipLostException, InterruptedException {
    Optional<Commit> unsent = recovery.unsent();
    if (unsent.isPresent()) {
      ownership.commit(unsent.get());
      announcements.committed(unsent.get().outbox());
    }
    stores.versions().removeUnannounced();
  }

  private void cleanUp() {
    Retention retention = Retention.of(config.publication());
    try {
      publishing.execute(
          new VersionCleaner(stores, retention, sinks.artifacts(), ownership.term()));
    } catch (RejectedExecutionException e) {
      LOG.debug("the ownership has ended, the next owner cleans up");
    }
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(task -> new Thread(task, name));
  }

  Intake intake() {
    return intake;
  }

  /** Completed once the label set is known; completed exceptionally by a stop. */
  CompletableFuture<LabelSet> labels() {
    return labels;
  }

  /** The loop, with the model on its device. On the training thread, once labels are known. */
  TrainingLoop loop(LabelSet known) throws IOException {
    cleanUp(); // what an earlier owner left behind, too
    Outgoing outgoing = outgoing();
    Learner learner =
        new LearnerFactory(config, model).learner(known, recovery.checkpoint(), outgoing::add);
    learner.forget(standing.letGo());
    HeldOutEvaluator evaluator =
        new HeldOutEvaluator(config.evaluation().batchExamples(), learner::labels);
    Publisher publisher = publisher(evaluator);
    Optional<Champion> champion = publisher.current();
    champion.ifPresent(current -> requireItsLabels(current.version(), known));
    Optional<Champion> predecessor = predecessor(publisher, champion);
    Freshness freshness =
        new Freshness(
            config.publication().freshness(), standing.rolledBack(), InstantSource.system());
    Judge judge = new Judge(config.publication(), evaluator, standing.looks(), freshness);
    Examiner examiner =
        new Examiner(
            config.model().name(),
            config.evaluation(),
            learner,
            judge,
            publisher,
            outgoing,
            champion,
            predecessor,
            System::nanoTime);
    Checkpointer checkpointer =
        new Checkpointer(
            stores.checkpoints(),
            ownership,
            config.checkpoint().every(),
            outgoing,
            Checkpointer.Mark.of(learner),
            recovery.unit(),
            standing,
            background,
            announcements::committed,
            System::nanoTime);
    TrainingReport report =
        new TrainingReport(
            config.model().name(),
            learner,
            announcements::current,
            uploads::problem,
            checkpointer,
            sinks.input(),
            board,
            sinks.metrics());
    Steering steering =
        new Steering(
            config.model().name(),
            commands,
            learner,
            examiner,
            judge,
            checkpointer,
            new RollBacks(
                config.model().name(),
                stores,
                learner,
                examiner,
                checkpointer,
                outgoing,
                sinks.input()),
            report::send);
    recovery.release();
    return new TrainingLoop(
        queue,
        new WriteAhead(journal),
        learner,
        examiner,
        checkpointer,
        outgoing,
        report,
        steering);
  }

  long term() {
    return ownership.term();
  }

  /** Where commands for the training thread wait. */
  Commands commands() {
    return commands;
  }

  /** Behind the last command that the unit knows. */
  InputPositions commandPositions() {
    return new InputPositions(standing.control().next());
  }

  /** Watched in the same way as before a restart. */
  private Optional<Champion> predecessor(Publisher publisher, Optional<Champion> champion)
      throws IOException {
    boolean wasRolledBack =
        standing
            .rolledBack()
            .filter(
                event ->
                    champion.map(c -> c.version().version()).equals(Optional.of(event.version())))
            .isPresent();
    return champion.isEmpty() || wasRolledBack || !config.publication().rollBack()
        ? Optional.empty()
        : publisher.predecessor(champion.get().version());
  }

  /** Numbers go on behind the last that anybody knows of. */
  private Outgoing outgoing() {
    return new Outgoing(
        Math.max(recovery.lastVersion(), stores.versions().lastNumber()), standing.sent());
  }

  private Publisher publisher(HeldOutEvaluator evaluator) {
    return new Publisher(
        stores.versions(),
        stores.restorePoints(),
        uploads,
        ownership.term(),
        PublicationFacts.of(config, model),
        evaluator,
        model.device(),
        publishing);
  }

  /** Labels may have been added since, but none may have moved. */
  private static void requireItsLabels(ModelVersion version, LabelSet known) {
    if (!known.startsWith(version.labels())) {
      throw new PipelineException(
          "version %d in the store has %s, training has %s%s; use another millrace.model.name or millrace.store"
              .formatted(
                  version.version(),
                  LabelSet.summary(version.labels()),
                  known.summary(),
                  known.difference(version.labels())));
    }
  }

  /** Ends the ownership: nothing more is taken in, written or sent. Any thread. */
  @Override
  public void close() {
    labels.cancel(false);
    queue.end();
    ownership.close();
    background.shutdown();
    publishing.shutdown();
  }

  /**
   * Where results go.
   *
   * @param onVersion told of each announced version
   * @param onLetter told of each dead letter that was sent
   * @param artifacts where others load versions from; empty where the store is that
   */
  record Sinks(
      List<MetricsSink> metrics,
      InputProgress input,
      Consumer<ModelVersion> onVersion,
      Consumer<DeadLetter> onLetter,
      Optional<ArtifactStore> artifacts) {}
}
