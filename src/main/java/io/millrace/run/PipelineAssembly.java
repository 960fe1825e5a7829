package io.millrace.run;

import io.millrace.commit.Checkpointer;
import io.millrace.commit.Commit;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.Ownership;
import io.millrace.commit.OwnershipLostException;
import io.millrace.commit.PostCommit;
import io.millrace.commit.RunState;
import io.millrace.commit.Stores;
import io.millrace.commit.WriteAheadLog;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.control.CommandPositions;
import io.millrace.control.Commands;
import io.millrace.event.MetricRecord;
import io.millrace.event.Outbox;
import io.millrace.example.LabelSet;
import io.millrace.example.OutputSpace;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.input.ExampleDecoder;
import io.millrace.intake.ChunkQueue;
import io.millrace.intake.Intake;
import io.millrace.intake.JournalReplayer;
import io.millrace.intake.LabelSetDiscovery;
import io.millrace.intake.RecordReader;
import io.millrace.intake.RetriedRecords;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalEntry;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerFactory;
import io.millrace.learner.StartingModel;
import io.millrace.lineage.JournalPruning;
import io.millrace.owner.Recovery;
import io.millrace.promotion.Champion;
import io.millrace.promotion.EvaluationScheduler;
import io.millrace.promotion.Freshness;
import io.millrace.promotion.PromotionGate;
import io.millrace.publishing.ArtifactUploader;
import io.millrace.publishing.IntactVersions;
import io.millrace.publishing.PublicationFacts;
import io.millrace.publishing.Publisher;
import io.millrace.publishing.VersionCleaner;
import io.millrace.report.StatusBoard;
import io.millrace.time.RunClock;
import io.millrace.version.ArtifactStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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
  private final PostCommit announcements;
  private final Recovery recovery;
  private final BatchJournal.Appender journal;
  private final CompletableFuture<OutputSpace> labels = new CompletableFuture<>();
  private final ChunkQueue queue;
  private final Intake intake;
  private final Commands commands = new Commands();
  private final OwnerState standing;
  private final Optional<ArtifactStore> artifacts;
  private final ArtifactUploader uploads;
  private final RunClock clock = RunClock.SYSTEM;
  private final ExecutorService background = thread("millrace-writer");

  /** Versions have their own: one on its way to others must not hold up the units. */
  private final ExecutorService publishing = thread("millrace-publisher");

  /**
   * Sends what a crash kept from the broker, and begins the term.
   *
   * @param ownership closed with this
   * @param recovery where it begins
   * @throws PipelineException where settings and unit contradict each other; names both
   * @throws OwnershipLostException where another owner was faster
   */
  PipelineAssembly(
      PipelineConfig config,
      Stores stores,
      Sinks sinks,
      StatusBoard board,
      StartingModel model,
      Ownership ownership,
      Recovery recovery)
      throws IOException, OwnershipLostException, InterruptedException {
    this.config = config;
    this.stores = stores;
    this.sinks = sinks;
    this.board = board;
    this.model = model;
    this.ownership = ownership;
    this.recovery = recovery;
    artifacts = sinks.artifacts().map(store -> recovery.claimed(store, config));
    uploads = new ArtifactUploader(artifacts, config.publication().uploadTimeout());
    recovery.labels().ifPresent(labels::complete);
    LOG.info(found());
    recovery.doubt().ifPresent(LOG::warn);
    Optional<Commit> unsent = recovery.unsent();
    // The first thing a term does: who is fenced by now gets no further, and writes nothing.
    ownership.commit(unsent.orElseGet(recovery::goneOn));
    standing = goneOn();
    recovery.keepIdentity(stores);
    stores.terms().write(recovery.term(ownership.term(), config, model));
    markWhatOthersHaveSeen();
    announcements =
        new PostCommit(
            stores.versions(),
            ownership.term(),
            this::cleanUp,
            IntactVersions.resolving(board.problems(), sinks.onVersion()),
            sinks.onLetter());
    unsent.map(Commit::outbox).ifPresent(announcements::committed);
    stores.versions().removeUnannounced(ownership.term());
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
            new JournalReplayer(begun()),
            clock::nanos);
    intake =
        new Intake(
            new RecordReader(
                new RetriedRecords(
                    config.inputs(),
                    new ExampleDecoder(config.example(), config.task()),
                    sinks.log(),
                    queue::hasEnded),
                model.tokenizer(),
                board::replacedTimestamps),
            queue,
            new LabelSetDiscovery(config.labels().learnFrom(), config.labels().maxHeld()),
            labels,
            config.task(),
            recovery.positions(),
            sinks.onAmendment());
  }

  /** Where the journal has a re-warm that the unit still waits for, it is repeated from there. */
  private OwnerState goneOn() {
    OwnerState found = recovery.standing().goneOn(recovery.lettersSent()).with(recovery.identity());
    return recovery.repeated().stream().anyMatch(JournalEntry::rewarmed)
        ? found.with(found.control().rewarming(false))
        : found;
  }

  /** What the term begins with, from its own journal: no other owner removes that. */
  private Entries begun() throws IOException {
    return stores
        .journal()
        .behind(
            recovery.unit(), recovery.progress().journalPosition(), recovery.standing().endsTerm());
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

  /** A crash may have come before the store knew. */
  private void markWhatOthersHaveSeen() throws IOException {
    List<ModelVersion> versions = new ArrayList<>(recovery.announced());
    ownership.ledger().lastVersion().ifPresent(versions::add);
    for (ModelVersion version : versions) {
      stores.versions().markAnnounced(ownership.term(), version);
    }
    if (standing.rolledBack().isPresent()) {
      stores.versions().markCurrent(ownership.term(), standing.rolledBack().get());
    }
  }

  private void cleanUp() {
    Retention retention = Retention.of(config.publication());
    try {
      publishing.execute(new VersionCleaner(stores, retention, artifacts, ownership.term()));
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
  CompletableFuture<OutputSpace> labels() {
    return labels;
  }

  /** The loop, with the model on its device. On the training thread, once labels are known. */
  TrainingLoop loop(OutputSpace known) throws IOException {
    cleanUp(); // what an earlier owner left behind, too
    OutboxBuffer outgoing = outgoing();
    Learner learner =
        new LearnerFactory(config, model, clock).learner(known, recovery.snapshot(), outgoing::add);
    learner.forget(standing.letGo());
    HeldOutEvaluator evaluator =
        new HeldOutEvaluator(config.task(), config.evaluation().batchExamples(), learner::labels);
    Publisher publisher = publisher(evaluator);
    IntactVersions versions = new IntactVersions(publisher, stores.versions(), board.problems());
    Optional<Champion> champion = versions.current();
    champion.ifPresent(current -> requireItsLabels(current.version(), known));
    Optional<Champion> predecessor = predecessor(versions, champion);
    Freshness freshness =
        new Freshness(config.publication().freshness(), standing.rolledBack(), clock::now);
    PromotionGate judge =
        new PromotionGate(config.publication(), evaluator, standing.looks(), freshness);
    EvaluationScheduler examiner =
        new EvaluationScheduler(
            config.model().name(),
            config.evaluation(),
            learner,
            judge,
            publisher,
            outgoing,
            champion,
            predecessor,
            recovery.identity(),
            clock);
    Queue<MetricRecord.Commanded> answered = new ConcurrentLinkedQueue<>();
    RunState run = new RunState(standing);
    Checkpointer checkpointer =
        new Checkpointer(
            stores.checkpoints(),
            ownership,
            config.checkpoint().every(),
            outgoing,
            run,
            new CommitState(CommitState.Mark.of(learner), recovery.unit(), Optional.empty()),
            background,
            committed(answered),
            clock::nanos);
    CommitSchedule commits = new CommitSchedule(learner, outgoing, run, checkpointer);
    TrainingReport report =
        new TrainingReport(
            config.model().name(),
            learner,
            announcements::current,
            uploads::problem,
            checkpointer::state,
            sinks.input(),
            board,
            sinks.metrics(),
            clock);
    CommandHandler steering =
        new CommandHandler(
            commands,
            learner,
            examiner,
            judge,
            run,
            commits,
            outgoing,
            new RollbackExecutor(
                config.model().name(),
                stores.versions(),
                stores.restorePoints(),
                learner,
                examiner,
                run,
                commits,
                checkpointer,
                outgoing,
                sinks.input(),
                clock),
            new CommandAnswers(
                config.model().name(),
                () -> learner.tuner().steps(),
                outgoing,
                answered,
                report::send,
                clock),
            clock);
    recovery.release();
    return new TrainingLoop(
        new TrainingRun(
            learner,
            run,
            new RunPorts(
                queue,
                new WriteAheadLog(journal),
                recovery.identity(),
                commits,
                examiner,
                steering,
                report,
                clock)),
        queue);
  }

  /**
   * What follows a commit.
   *
   * @param answered takes the answers that everybody has by then
   */
  private Consumer<Outbox> committed(Queue<MetricRecord.Commanded> answered) {
    JournalPruning pruning =
        new JournalPruning(stores, ownership.term(), config.checkpoint().keepJournal());
    return outbox -> {
      announcements.committed(outbox);
      answered.addAll(outbox.answers());
      pruning.committed();
    };
  }

  long term() {
    return ownership.term();
  }

  /** Why a version cannot be sent to the artifact store. Any thread. */
  Optional<String> uploadProblem() {
    return uploads.problem();
  }

  /** Where commands for the training thread wait. */
  Commands commands() {
    return commands;
  }

  /** After the last command that the unit knows. */
  CommandPositions commandPositions() {
    return standing.control().positions();
  }

  /** Watched in the same way as before a restart. */
  private Optional<Champion> predecessor(IntactVersions versions, Optional<Champion> champion) {
    boolean wasRolledBack =
        standing
            .rolledBack()
            .filter(
                event ->
                    champion.map(c -> c.version().version()).equals(Optional.of(event.version())))
            .isPresent();
    return champion.isEmpty() || wasRolledBack || !config.publication().rollBack()
        ? Optional.empty()
        : versions.predecessor(champion.get().version());
  }

  /** Numbers go on behind the last that anybody knows of. */
  private OutboxBuffer outgoing() {
    return new OutboxBuffer(
        Math.max(recovery.lastVersion(), stores.versions().lastNumber()),
        standing.sent(recovery.positions()));
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
        publishing,
        clock);
  }

  /** Labels may have been added since, but none may have moved. */
  private static void requireItsLabels(ModelVersion version, OutputSpace known) {
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
    commands.end();
    ownership.close();
    background.shutdown();
    publishing.shutdown();
  }
}
