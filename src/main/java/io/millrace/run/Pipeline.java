package io.millrace.run;

import io.millrace.checkpoint.CheckpointSettings;
import io.millrace.commit.Ownership;
import io.millrace.commit.Stores;
import io.millrace.config.InstanceSettings;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.config.PipelineSettings;
import io.millrace.config.Role;
import io.millrace.control.CommandPositions;
import io.millrace.control.CommandReceiver;
import io.millrace.drift.DriftSettings;
import io.millrace.event.DeadLetterSink;
import io.millrace.event.MetricsSink;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.Partition;
import io.millrace.gate.PublicationSettings;
import io.millrace.heldout.EvaluationSettings;
import io.millrace.identity.AcceptSettings;
import io.millrace.input.ExampleSettings;
import io.millrace.input.InputTopics;
import io.millrace.input.LabelSettings;
import io.millrace.intake.InputProgress;
import io.millrace.intake.RecordArchive;
import io.millrace.intake.RecordReceiver;
import io.millrace.learner.StartingModel;
import io.millrace.lineage.ExampleSearch;
import io.millrace.lineage.RollBackTargets;
import io.millrace.model.ModelSettings;
import io.millrace.optim.TrainingSettings;
import io.millrace.owner.TakeOverRefusedException;
import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.replay.ReplaySettings;
import io.millrace.report.OperatorLog;
import io.millrace.report.StatusBoard;
import io.millrace.report.StatusView;
import io.millrace.report.TrainerState;
import io.millrace.storage.DurabilityTimes;
import io.millrace.stray.StrayAmendments;
import io.millrace.tokenize.BatchSettings;
import io.millrace.tokenize.TokenizeSettings;
import io.millrace.version.ArtifactStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The loop as the service has it: made of the settings before any record arrives, stopped with a
 * checkpoint when the service stops.
 */
@ApplicationScoped
public class Pipeline implements RecordReceiver, CommandReceiver, StatusView {

  private static final Logger LOG = Logger.getLogger(Pipeline.class);

  /** Before the channels open, which ask for {@link #positions()} at once. */
  private static final int BEFORE_CHANNELS = Interceptor.Priority.LIBRARY_BEFORE - 100;

  private static final int AFTER_INPUT = Interceptor.Priority.APPLICATION;

  /** Where a problem is shown that the store belongs to something else than what is here. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(50);

  private final PipelineConfig config;
  private final RecordArchive archive;
  private final StatusBoard board;
  private final Role role;
  private final Stores stores;
  private final VersionStore versions;
  private final Ownership.Claims claims;
  private final InputProgress input;
  private final Instance<MetricsSink> metrics;
  private final Instance<DeadLetterSink> letters;
  private final Event<ModelVersion> announced;
  private final StrayAmendments strays;
  private final Optional<ArtifactStore> artifacts;
  private final OpenProblems problems;

  private volatile Trainer trainer;

  @Inject
  Pipeline(
      ModelSettings model,
      LabelSettings labels,
      ExampleSettings example,
      TokenizeSettings tokenize,
      BatchSettings batch,
      TrainingSettings trainingSettings,
      ReplaySettings replay,
      EvaluationSettings evaluation,
      DriftSettings drift,
      PublicationSettings publication,
      CheckpointSettings checkpoint,
      PipelineSettings pipeline,
      AcceptSettings accept,
      InstanceSettings instance,
      @ConfigProperty(name = "millrace.topics.examples") String examplesTopic,
      @ConfigProperty(name = "millrace.topics.heldout") String heldOutTopic,
      @ConfigProperty(name = "millrace.topics.retry") String retryTopic,
      RecordArchive archive,
      Ownership.Claims claims,
      InputProgress input,
      Instance<MetricsSink> metrics,
      Instance<DeadLetterSink> letters,
      Event<ModelVersion> announced,
      StrayAmendments strays,
      Optional<ArtifactStore> artifacts,
      OpenProblems problems,
      DurabilityTimes times)
      throws IOException {
    this.config =
        new PipelineConfig(
            model,
            labels,
            example,
            tokenize,
            batch,
            trainingSettings,
            replay,
            evaluation,
            drift,
            publication,
            checkpoint,
            pipeline,
            accept,
            new InputTopics(examplesTopic, heldOutTopic, retryTopic));
    this.archive = archive;
    this.board = new StatusBoard(model.name(), model.base(), model.device(), problems, times);
    this.role = instance.role();
    this.stores = Stores.of(config);
    this.versions = role == Role.SERVE ? Stores.ofReplica(config) : stores.versions();
    this.claims = claims;
    this.input = input;
    this.metrics = metrics;
    this.letters = letters;
    this.announced = announced;
    this.strays = strays;
    this.artifacts = artifacts;
    this.problems = problems;
  }

  void start(@Observes @Priority(BEFORE_CHANNELS) StartupEvent event) throws IOException {
    if (!config.problems().isEmpty()) {
      throw new PipelineException(String.join("; ", config.problems()));
    }
    if (role == Role.SERVE) {
      board.state(TrainerState.SERVING);
      return;
    }
    List<MetricsSink> sinks = new ArrayList<>(metrics.stream().toList());
    sinks.add(new OperatorLog(config.pipeline().logEverySteps(), board));
    StartingModel model = StartingModel.load(config);
    board.device(model.deviceName(), model::deviceMemory);
    trainer =
        new Trainer(
            config,
            stores,
            new Sinks(
                sinks,
                input,
                this::announced,
                this::sent,
                strays::arrived,
                artifacts,
                archive::open),
            claims,
            model,
            board);
  }

  /** While the channels are still open: what the last chunk has to say must reach the broker. */
  void stop(@Observes @Priority(AFTER_INPUT) ShutdownEvent event) throws InterruptedException {
    if (trainer != null) {
      trainer.stop(STOP_TIMEOUT);
      trainer.close();
    }
  }

  @Produces
  @ApplicationScoped
  VersionStore versions() {
    return versions;
  }

  @Produces
  @ApplicationScoped
  @Identifier(VersionStore.TRAINERS)
  VersionStore trainersVersions() {
    return stores.versions();
  }

  @Produces
  @Singleton // stateless
  RollBackTargets rollBackTargets() {
    return stores.restorePoints()::versions;
  }

  @Produces
  @Singleton // stateless
  ExampleSearch exampleSearch() {
    return new ExampleSearch(config, stores, archive);
  }

  @Override
  public void receive(int generation, List<InboundRecord> records) throws InterruptedException {
    if (board.hasFailed()) {
      throw new PipelineException("training has stopped: " + board.failure().orElseThrow());
    }
    try {
      trainer.receive(generation, records);
    } catch (PipelineException e) {
      board.refuse(e.getMessage(), "Correct what it names, then restart; nothing is lost.");
      throw e;
    }
  }

  @Override
  public InputPositions takeOver(int generation) throws InterruptedException {
    try {
      InputPositions positions = trainer.takeOver(generation);
      problems.resolve(IDENTITY);
      return positions;
    } catch (TakeOverRefusedException e) {
      problems.report(IDENTITY, Outlook.REFUSED, e.causes(), e.remedies());
      throw e;
    }
  }

  @Override
  public void giveUp(String why) {
    trainer.giveUp(why);
  }

  @Override
  public boolean isOwner() {
    return trainer.isOwner();
  }

  @Override
  public boolean knows(Set<String> topics) {
    return trainer.knows(topics);
  }

  @Override
  public InputPositions positions() {
    return trainer.positions();
  }

  @Override
  public OptionalLong term() {
    return trainer == null ? OptionalLong.empty() : trainer.term();
  }

  @Override
  public CommandPositions commandPositions() {
    return trainer.commandPositions();
  }

  @Override
  public void commandsBegin(long term, CommandPositions at) throws InterruptedException {
    trainer.commandsBegin(term, at);
  }

  @Override
  public void unannounced(ModelVersion version) throws InterruptedException {
    if (trainer != null) {
      trainer.unannounced(version);
    }
  }

  @Override
  public void command(long term, Partition partition, long offset, byte[] value)
      throws InterruptedException {
    trainer.command(term, partition, offset, value);
  }

  @Override
  public Status status() {
    return board.status();
  }

  @Override
  public long replacedTimestamps() {
    return board.replacedTimestamps();
  }

  @Override
  public boolean started() {
    return role == Role.SERVE || trainer != null;
  }

  @Override
  public Optional<String> failure() {
    return board.failure();
  }

  @Override
  public boolean stopped() {
    return board.stopped();
  }

  @Override
  public boolean restartHelps() {
    return board.restartHelps();
  }

  private void sent(DeadLetter letter) {
    letters.forEach(sink -> sink.sent(letter));
  }

  private void announced(ModelVersion version) {
    // Observers load hundreds of megabytes; none of that belongs on the publishing thread.
    announced
        .fireAsync(version)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.errorf(failure, "version %d could not be taken over", version.version());
              }
            });
  }
}
