package io.millrace.rebuild;

import io.millrace.checkpoint.CheckpointStore;
import io.millrace.commit.CheckpointParts;
import io.millrace.commit.CommitSchedule;
import io.millrace.commit.CommitState;
import io.millrace.commit.OutboxBuffer;
import io.millrace.commit.OwnerState;
import io.millrace.commit.RunJournal;
import io.millrace.commit.RunState;
import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.event.SentDeadLetters;
import io.millrace.example.OutputSpace;
import io.millrace.identity.RunIdentity;
import io.millrace.intake.RecordLog;
import io.millrace.intake.WorkSource;
import io.millrace.journal.Entries;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerFactory;
import io.millrace.learner.Snapshot;
import io.millrace.learner.StartingModel;
import io.millrace.lineage.RecordOutcomes;
import io.millrace.model.TransformerClassifier;
import io.millrace.promotion.Evaluations;
import io.millrace.publishing.CalibratedWeights;
import io.millrace.run.MemoryCommit;
import io.millrace.run.RunControl;
import io.millrace.run.RunPorts;
import io.millrace.run.RunReport;
import io.millrace.run.TrainingRun;
import io.millrace.run.Turn;
import io.millrace.score.Temperature;
import io.millrace.step.CandidateModel;
import io.millrace.task.Task;
import io.millrace.time.RunClock;
import io.millrace.torch.TorchRuntime;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Trains a version again, from the base or a kept unit over the records that its lineage names, and
 * compares the weights: what is equal is exactly these examples. Changes nothing in the store. One
 * thread, which must be the only one of the process that trains.
 */
public final class Rebuild implements AutoCloseable {

  private final PipelineConfig config;
  private final Stores stores;
  private final StartingModel model;
  private final RecordLog log;
  private final Optional<Settings> settings;
  private RebuildOrigin origin;

  /**
   * @param log closed by the caller
   * @param settings makes the settings of a term; then those at hand do not have to be the same
   * @throws IOException where store or base cannot be read
   */
  public Rebuild(PipelineConfig config, RecordLog log, Settings settings) throws IOException {
    this(config, Stores.of(config), log, Optional.of(settings));
  }

  /**
   * @param settings empty where those at hand must be the ones that the version was trained with
   */
  public Rebuild(PipelineConfig config, Stores stores, RecordLog log, Optional<Settings> settings)
      throws IOException {
    this.config = config;
    this.stores = stores;
    this.model = StartingModel.load(config);
    this.log = log;
    this.settings = settings;
  }

  public Rebuild(PipelineConfig config, Stores stores, RecordLog log) throws IOException {
    this(config, stores, log, Optional.empty());
  }

  /**
   * Rebuilds a version.
   *
   * @param number the version's
   * @param start where to begin
   * @param onProgress told of each chunk or idle step done
   * @throws PipelineException where it cannot be rebuilt: the version, a part of its journal or of
   *     the log is gone, or the settings are not those it was trained with; names which
   */
  public Comparison version(long number, Start start, Listener onProgress)
      throws IOException, InterruptedException {
    ModelVersion version = find(number);
    origin = RebuildOrigin.of(stores.identity(), log.source());
    Lineage lineage = lineage(version, start);
    List<TermSettings.Stretch> stretches =
        settings.isPresent()
            ? TermSettings.stretches(stores.terms(), version.term(), lineage.entries())
            : List.of();
    if (stretches.isEmpty()) {
      requireSameSettings(version);
    }
    try (Learner learner = trained(lineage, stretches, onProgress)) {
      if (learner.tuner().steps() != version.provenance().step()) {
        throw new PipelineException(
            "version %d is %d steps behind the base, its lineage leads to %d"
                .formatted(number, version.provenance().step(), learner.tuner().steps()));
      }
      try (CandidateModel rebuilt = CandidateModel.of(learner.tuner())) {
        return compare(
            version,
            lineage.unit(),
            CalibratedWeights.of(
                rebuilt.model().parameters(), new Temperature(version.provenance().temperature())));
      }
    }
  }

  /** Goes on with other settings as a restart does: from a snapshot. The caller closes it. */
  private Learner trained(
      Lineage lineage, List<TermSettings.Stretch> stretches, Listener onProgress)
      throws IOException, InterruptedException {
    Optional<Snapshot> from =
        lineage.unit().map(CheckpointStore.Saved::checkpoint).map(CheckpointParts::snapshot);
    OutputSpace labels = lineage.labels(config.task());
    long all = lineage.entries().size();
    if (stretches.isEmpty()) {
      return trained(config, model, labels, from, lineage.entries(), onProgress);
    }
    long done = 0;
    for (int i = 0; ; i++) {
      TermSettings.Stretch stretch = stretches.get(i);
      stretch.requireBase(model.identity());
      PipelineConfig then = settings.get().with(stretch.over(config.shapingTraining()));
      long before = done;
      Learner learner;
      try (StartingModel its = StartingModel.load(then)) {
        learner =
            trained(
                then,
                its,
                labels,
                from,
                stretch.of(lineage.entries()),
                (now, ofThese) -> onProgress.done(before + now, all));
      }
      if (i == stretches.size() - 1) {
        return learner;
      }
      done += stretch.size();
      try (learner) {
        from = Optional.of(learner.snapshot());
        labels = learner.labels();
      }
    }
  }

  private Learner trained(
      PipelineConfig with,
      StartingModel model,
      OutputSpace labels,
      Optional<Snapshot> from,
      Entries entries,
      Listener onProgress)
      throws IOException, InterruptedException {
    Learner learner =
        new LearnerFactory(with, model, RunClock.SYSTEM).learner(labels, from, letter -> {});
    try {
      train(
          learner,
          new LineageSource(
              with, model, labels, learner.progress().positions(), entries, log, origin),
          entries.size(),
          onProgress);
      return learner;
    } catch (RuntimeException | InterruptedException e) {
      learner.close();
      throw e;
    }
  }

  /** As the service does, but that nothing is kept, evaluated or commanded. */
  private static void train(Learner learner, WorkSource source, long all, Listener onProgress)
      throws InterruptedException {
    RunState state = new RunState(OwnerState.START);
    OutboxBuffer outgoing = new OutboxBuffer(0, SentDeadLetters.NONE);
    CommitSchedule commits =
        new CommitSchedule(
            learner,
            outgoing,
            state,
            new MemoryCommit(outgoing, state, CommitState.Mark.of(learner), outbox -> {}));
    RunReport report =
        new RunReport() {
          private long done;

          @Override
          public void worked(boolean onWork) {
            done++;
            onProgress.done(done, all);
          }
        };
    TrainingRun run = // not closed: the caller has the learner
        new TrainingRun(
            learner,
            state,
            new RunPorts(
                source,
                RunJournal.NONE,
                RunIdentity.NONE,
                commits,
                Evaluations.NONE,
                RunControl.NONE,
                report,
                RunClock.SYSTEM));
    Turn turn = run.turn();
    while (turn instanceof Turn.Worked) {
      turn = run.turn();
    }
    if (turn instanceof Turn.Ended ended) {
      throw new PipelineException(ended.end().reason());
    }
  }

  private ModelVersion find(long number) {
    List<ModelVersion> kept = stores.versions().list();
    return kept.stream()
        .filter(version -> version.version() == number)
        .findFirst()
        .orElseThrow(
            () ->
                new PipelineException(
                    "version %d of model %s is not in the store, which has %s"
                        .formatted(
                            number,
                            config.model().name(),
                            kept.stream().map(ModelVersion::version).toList())));
  }

  private Lineage lineage(ModelVersion version, Start start) throws IOException {
    JournalPosition end =
        RecordOutcomes.end(version)
            .orElseThrow(
                () ->
                    new PipelineException(
                        "version %d was made before there was a journal"
                            .formatted(version.version())));
    return start == Start.BASE
        ? new Lineage(Optional.empty(), fromBase(version, end))
        : fromNearestUnit(version, end);
  }

  private Entries fromBase(ModelVersion version, JournalPosition end) throws IOException {
    Optional<Entries> whole =
        stores.journal().lineage(Optional.empty(), JournalPosition.START, version.term(), end);
    if (whole.isPresent()) {
      return whole.get();
    }
    throw new PipelineException(
        "version %d cannot be rebuilt from the base: the journal begins at %s, what is before that was pruned (millrace.checkpoint.keep-journal). %s"
            .formatted(
                version.version(),
                stores.journal().kept(version.term()).from(),
                new RebuildStarts(stores)
                    .oldest()
                    .map(
                        oldest ->
                            "The oldest version that can be rebuilt from a kept unit (--from NEAREST_UNIT) is "
                                + oldest)
                    .orElse("No version can be rebuilt from a kept unit either")));
  }

  /** From the last kept unit that the version comes from. */
  private Lineage fromNearestUnit(ModelVersion version, JournalPosition end) throws IOException {
    RebuildStarts starts = new RebuildStarts(stores);
    for (RebuildStarts.Start start : starts.of(version, end)) {
      Optional<CheckpointStore.Saved> unit = start.read();
      if (unit.isPresent()) {
        return new Lineage(unit, start.between());
      }
    }
    throw new PipelineException(
        "version %d comes from none of the units kept, which are %s; %s"
            .formatted(
                version.version(),
                starts.names(),
                starts
                    .oldest()
                    .map(oldest -> "the oldest version that does is " + oldest)
                    .orElse("no version does")));
  }

  private void requireSameSettings(ModelVersion version) {
    Map<String, String> now = new TreeMap<>(config.shapingTraining());
    Map<String, String> then = new TreeMap<>(version.provenance().settings());
    now.put("model.base", model.origin());
    then.put("model.base", version.provenance().base());
    now.remove("batch.chunk-examples"); // the journal has the chunks
    then.remove("batch.chunk-examples");
    Map<String, String> differences = differences(then, now);
    if (!differences.isEmpty()) {
      throw new PipelineException(
          "version %d was trained with other settings, give them as they were: %s"
              .formatted(version.version(), differences));
    }
  }

  private Comparison compare(
      ModelVersion version, Optional<CheckpointStore.Saved> unit, Map<String, HostTensor> rebuilt)
      throws IOException {
    stores.versions().verify(version);
    Map<String, HostTensor> published;
    try (TransformerClassifier artifact =
        TransformerClassifier.read(
            stores.versions().folder(version.version(), version.term()), model.device())) {
      published = artifact.snapshot();
    }
    return Comparison.of(
        version.version(),
        unit.map(CheckpointStore.Saved::id),
        published,
        rebuilt,
        differences(version.provenance().environment(), TorchRuntime.environment(model.device())));
  }

  /** What is not the same, each as {@code then -> now}. */
  private static Map<String, String> differences(
      Map<String, String> then, Map<String, String> now) {
    Map<String, String> differences = new TreeMap<>();
    then.forEach(
        (name, value) -> {
          if (!value.equals(now.get(name))) {
            differences.put(name, value + " -> " + now.get(name));
          }
        });
    now.forEach(
        (name, value) -> {
          if (!then.containsKey(name)) {
            differences.put(name, "unset -> " + value);
          }
        });
    return differences;
  }

  @Override
  public void close() {
    model.close();
  }

  /** Where to begin. */
  public enum Start {
    /** The base model: proves all of it. */
    BASE,
    /**
     * The last unit kept that the version comes from, or what an earlier version was made of: what
     * lies before it is taken as it is.
     */
    NEAREST_UNIT
  }

  /**
   * What to train.
   *
   * @param unit empty for the base
   */
  private record Lineage(Optional<CheckpointStore.Saved> unit, Entries entries) {

    /** Those that it begins with; more may be added on the way. */
    OutputSpace labels(Task task) {
      return unit.map(saved -> CheckpointParts.progress(saved.checkpoint()).labels())
          .or(() -> JournalEntry.firstLabels(entries))
          .map(task::outputs)
          .orElseThrow(
              () -> new PipelineException("the journal does not say which labels it begins with"));
    }
  }

  /** Makes settings. */
  @FunctionalInterface
  public interface Settings {

    /**
     * The settings at hand, but for some.
     *
     * @param given by full name; an empty value is none
     * @throws IOException where the others cannot be read
     */
    PipelineConfig with(Map<String, String> given) throws IOException;
  }

  /** Told how far it is. */
  @FunctionalInterface
  public interface Listener {

    /**
     * @param done entries of the journal trained
     * @param all entries in the lineage
     */
    void done(long done, long all);
  }
}
