package io.millrace.owner;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.Commit;
import io.millrace.commit.CommitParts;
import io.millrace.commit.Ledger;
import io.millrace.commit.OwnerState;
import io.millrace.commit.Ownership;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.event.Outbox;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.InputPositions;
import io.millrace.example.OutputSpace;
import io.millrace.identity.Accepted;
import io.millrace.identity.BaseIdentity;
import io.millrace.identity.InputSource;
import io.millrace.identity.RunIdentity;
import io.millrace.identity.TermRecords.TermRecord;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalEntry;
import io.millrace.learner.Progress;
import io.millrace.learner.Snapshot;
import io.millrace.learner.StartingModel;
import io.millrace.model.arch.Architecture;
import io.millrace.version.ArtifactStore;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What store, journal and broker say about the last commit unit, and what follows: where an
 * ownership begins.
 */
public final class Recovery {

  private final Ledger ledger;
  private final Reconciliation reconciliation;
  private final Optional<CheckpointId> unit;
  private final Progress progress;
  private final Optional<OutputSpace> labels;
  private final Entries repeated;
  private final Identification identification;
  private Optional<Checkpoint> checkpoint;

  private Recovery(
      Ledger ledger,
      Optional<CheckpointStore.Saved> saved,
      Optional<OutputSpace> labels,
      Progress progress,
      Entries repeated,
      Identification identification) {
    this.ledger = ledger;
    this.identification = identification;
    this.unit = saved.map(CheckpointStore.Saved::id);
    this.checkpoint = saved.map(CheckpointStore.Saved::checkpoint);
    this.reconciliation = Reconciliation.of(unit, versions(), ledger);
    this.labels = labels;
    this.progress = progress;
    this.repeated = repeated;
  }

  /**
   * Reads store and journal.
   *
   * @param base the base at hand
   * @param architecture of that base
   * @throws PipelineException where settings and unit contradict each other; names both
   * @throws TakeOverRefusedException where the unit belongs to something else than what is here
   */
  public static Recovery of(
      PipelineConfig config,
      Stores stores,
      Ownership ownership,
      BaseIdentity base,
      Architecture architecture)
      throws IOException, InterruptedException {
    Optional<CheckpointStore.Saved> saved = stores.checkpoints().newest();
    if (saved.isPresent()) {
      FixedSettings.require(saved.get(), config, architecture);
    }
    Identification identification =
        Identification.of(config, stores, ownership.source(), base, saved);
    Progress progress =
        saved
            .map(unit -> CheckpointParts.progress(unit.checkpoint()))
            .orElse(Progress.start(List.of()));
    Entries repeated =
        identification.losesWhatFollows()
            ? BatchJournal.NONE
            : stores
                .journal()
                .behind(
                    saved.map(CheckpointStore.Saved::id),
                    progress.journalPosition(),
                    saved
                        .map(unit -> CommitParts.standing(unit.checkpoint()).endsTerm())
                        .orElse(false));
    Optional<OutputSpace> trained =
        saved.isPresent()
            ? Optional.of(config.task().outputs(progress.labels()))
            : JournalEntry.firstLabels(repeated).map(config.task()::outputs);
    return new Recovery(
        ownership.ledger(),
        saved,
        labels(config, saved, trained),
        progress,
        repeated,
        identification);
  }

  private static Optional<OutputSpace> labels(
      PipelineConfig config, Optional<CheckpointStore.Saved> saved, Optional<OutputSpace> trained) {
    Optional<OutputSpace> configured = config.task().outputs();
    if (configured.isPresent()
        && trained.isPresent()
        && !trained.get().startsWith(configured.get().names())) {
      throw new PipelineException(
          "millrace.labels.names is %s, but %s was trained on %s%s; give the old labels, another millrace.model.name, or another millrace.store"
              .formatted(
                  configured.get().summary(),
                  saved.map(unit -> "checkpoint " + unit.id()).orElse("what the journal holds"),
                  trained.get().summary(),
                  trained.get().difference(configured.get().names())));
    }
    return trained.or(() -> configured);
  }

  /** What units belong to from here on. */
  public RunIdentity identity() {
    return identification.now();
  }

  /** The artifact store, as this cluster's. */
  public ArtifactStore claimed(ArtifactStore store, PipelineConfig config) {
    Optional<String> cluster = identity().cluster();
    return new ClaimedArtifacts(
        store,
        cluster,
        cluster.filter(Accepted.of(config.accept()).clusters()::containsKey).isPresent());
  }

  /** Notes it in the store. By the owner. */
  public void keepIdentity(Stores stores) throws IOException {
    identification.keep(stores);
  }

  /** What a term that begins here is trained with. */
  public TermRecord term(long number, PipelineConfig config, StartingModel model) {
    return new TermRecord(
        number,
        unit.map(CheckpointId::toString),
        progress.journalPosition().chunks(),
        progress.journalPosition().idleSteps(),
        config.shapingTraining(),
        model.identity(),
        Instant.now());
  }

  /** What an operator accepted and no unit has yet. Before {@link #release}. */
  public Optional<AcceptedChange> accepted(InputSource source) {
    return unit.isPresent() && identification.result().changesPositions()
        ? Optional.of(
            new AcceptedChange(
                new CheckpointStore.Saved(unit.get(), checkpoint.orElseThrow()),
                identification,
                lettersSent(),
                source))
        : Optional.empty();
  }

  /** The unit to go on from; empty for the base. */
  public Optional<CheckpointId> unit() {
    return unit;
  }

  /** What training had left behind there; empty for the base. Before {@link #release}. */
  public Optional<Snapshot> snapshot() {
    return checkpoint.map(CheckpointParts::snapshot);
  }

  /**
   * Lets go of its content: hundreds of megabytes that the device has by then, not to be kept on
   * the heap for the whole run.
   */
  public void release() {
    checkpoint = Optional.empty();
  }

  /** What it had trained; that of the base has no labels yet. */
  public Progress progress() {
    return progress;
  }

  /** Where to read on. */
  public InputPositions positions() {
    return progress.positions();
  }

  /** The label set; empty where it is still to be learned from the stream. */
  public Optional<OutputSpace> labels() {
    return labels;
  }

  /**
   * What was trained behind the unit, and is to be trained again as it was. As the terms before
   * have it: once the new term has begun, its own journal does.
   */
  public Entries repeated() {
    return repeated;
  }

  /** The unit's transaction, where a crash kept it from the broker. Before {@link #release}. */
  public Optional<Commit> unsent() {
    return reconciliation == Reconciliation.UNSENT
        ? Optional.of(commit(CommitParts.outbox(checkpoint.orElseThrow())))
        : Optional.empty();
  }

  /** What says, before anything else is done, that a term goes on from the unit, or the base. */
  public Commit goneOn() {
    return commit(Outbox.EMPTY);
  }

  private Commit commit(Outbox outbox) {
    return new Commit(
        unit.map(CheckpointId::toString).orElse(""), positions(), outbox, lettersSent());
  }

  /** What nobody can tell any more, for the log. Before {@link #release}. */
  public Optional<String> doubt() {
    if (reconciliation != Reconciliation.UNPROVEN) {
      return Optional.empty();
    }
    Outbox outbox = CommitParts.outbox(checkpoint.orElseThrow());
    if (outbox.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "the broker has neither a commit record nor offsets that name a unit: checkpoint %s counts as sent. If a crash kept it from the broker, its %d dead letters and %d decisions are missing there; which records they are about is in its outbox.json"
            .formatted(unit.orElseThrow(), outbox.letters().size(), outbox.decisions().size()));
  }

  /** The unit's versions, once it is committed. Before {@link #release}. */
  public List<ModelVersion> announced() {
    return reconciliation == Reconciliation.IN_STEP || reconciliation == Reconciliation.UNSENT
        ? versions()
        : List.of();
  }

  private List<ModelVersion> versions() {
    return checkpoint.map(CommitParts::outbox).map(Outbox::versions).orElse(List.of());
  }

  /** The number of the last version that unit or broker know. Before {@link #release}. */
  public long lastVersion() {
    return Math.max(
        checkpoint.map(CommitParts::lastVersion).orElse(0L),
        ledger.lastVersion().map(ModelVersion::version).orElse(0L));
  }

  /** What the unit says besides; nothing for the base. Before {@link #release}. */
  public OwnerState standing() {
    return checkpoint.map(CommitParts::standing).orElse(OwnerState.START);
  }

  /**
   * Records whose letters are on the broker. Of a store that was lost they are sent anew. Before
   * {@link #release}.
   */
  public SentDeadLetters lettersSent() {
    if (unit.isEmpty()) {
      return SentDeadLetters.NONE;
    }
    SentDeadLetters own = standing().sent(positions());
    if (reconciliation == Reconciliation.UNSENT) {
      return own; // it has what earlier ones had sent, but for topics that were made anew since
    }
    SentDeadLetters known = own.and(ledger.letters());
    return reconciliation == Reconciliation.STORE_BEHIND && !ledger.isRecorded()
        ? known.andAllBefore(ledger.positions().next())
        : known;
  }

  /** For the log. */
  @Override
  public String toString() {
    return "Store: %s. Broker: %s, offsets %s, last version %s. So %s. Reading starts at %s%s"
        .formatted(
            unit.map(id -> "going on from checkpoint " + id)
                .orElse("starting from the base, no checkpoint yet"),
            ledger.unit().map(id -> "unit " + id).orElse("no unit"),
            ledger.positions().next(),
            ledger.lastVersion().map(last -> Long.toString(last.version())).orElse("none"),
            reconciliation.meaning(),
            positions().next().isEmpty() ? "the beginning" : positions().next(),
            repeated.isEmpty()
                ? ""
                : "; the journal has %d chunks and idle steps of %d records behind that, they are trained on again as they were"
                    .formatted(repeated.size(), repeated.records()));
  }
}
