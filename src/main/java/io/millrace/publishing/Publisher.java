package io.millrace.publishing;

import ai.djl.Device;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.config.PipelineException;
import io.millrace.example.Partition;
import io.millrace.export.ArtifactContent;
import io.millrace.export.ArtifactWriter;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.learner.Learner;
import io.millrace.learner.Progress;
import io.millrace.model.TransformerClassifier;
import io.millrace.promotion.Champion;
import io.millrace.promotion.PendingVersion;
import io.millrace.promotion.PromotionGate;
import io.millrace.promotion.Publishing;
import io.millrace.score.Evaluation;
import io.millrace.score.Temperature;
import io.millrace.step.CandidateModel;
import io.millrace.time.RunClock;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance;
import io.millrace.version.VersionKey;
import io.millrace.version.VersionStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes a version of a candidate: writes its artifact, loads it back, compares its logits, sends it
 * to where others load it. The candidate is copied on the training thread; the rest happens on the
 * executor. A commit unit announces it.
 */
public final class Publisher implements Publishing {

  private static final int PROBES = 8;
  private static final double TOLERANCE = 1e-4;

  private final VersionStore store;
  private final VersionCheckpoints restorePoints;
  private final ArtifactUploader uploads;
  private final long term;
  private final PublicationFacts facts;
  private final HeldOutEvaluator evaluator;
  private final Device device;
  private final Executor executor;
  private final RunClock clock;

  /**
   * @param term the owner's
   * @param facts what every version of this run has in common
   */
  public Publisher(
      VersionStore store,
      VersionCheckpoints restorePoints,
      ArtifactUploader uploads,
      long term,
      PublicationFacts facts,
      HeldOutEvaluator evaluator,
      Device device,
      Executor executor,
      RunClock clock) {
    this.store = store;
    this.restorePoints = restorePoints;
    this.uploads = uploads;
    this.term = term;
    this.facts = facts;
    this.evaluator = evaluator;
    this.device = device;
    this.executor = executor;
    this.clock = clock;
  }

  @Override
  public PendingVersion publish(
      long number,
      Learner learner,
      CandidateModel evaluated,
      PromotionGate.Verdict verdict,
      Optional<ModelVersion> parent,
      Checkpoint restorePoint) {
    return publish(candidate(number, learner, evaluated, verdict, parent), restorePoint);
  }

  /** Copies what is to be published. Training thread. */
  public Candidate candidate(
      long number,
      Learner learner,
      CandidateModel evaluated,
      PromotionGate.Verdict verdict,
      Optional<ModelVersion> parent) {
    Temperature temperature = verdict.temperature();
    TokenMatrix probes =
        TokenMatrix.of(
            learner.heldOut().examples().stream().limit(PROBES).map(HeldOutExample::text).toList());
    TransformerClassifier weights = evaluated.model();
    Progress progress = learner.progress();
    TreeMap<Partition, Provenance.OffsetRange> offsets = new TreeMap<>();
    progress
        .origin()
        .forEach(
            (partition, from) ->
                offsets.put(
                    partition, new Provenance.OffsetRange(from, progress.next().get(partition))));
    ArtifactContent content =
        new ArtifactContent(
            facts.model(),
            number,
            term,
            parent.map(ModelVersion::version),
            clock.now(),
            weights.architecture(),
            CalibratedWeights.of(weights.parameters(), temperature),
            progress.labels(),
            parent.map(before -> added(progress, before)).orElse(List.of()),
            facts.tokenizerJson(),
            facts.tokenizerFiles(),
            facts.maxLength(),
            verdict.candidate(),
            verdict.champion(),
            verdict.golden().map(Evaluation::withoutConfusion),
            verdict.championGolden().map(Evaluation::withoutConfusion),
            bestGolden(verdict, parent),
            learner.prequential().evaluation(learner.labels()),
            verdict.decision().reason(),
            verdict.decision().test(),
            new Provenance(
                facts.base(),
                learner.tuner().steps(),
                evaluated.decaySteps(),
                temperature.value(),
                progress.examplesTrained(),
                progress.newestExampleAt(),
                Optional.of(progress.chunks()),
                progress.labelCounts(),
                Optional.of(
                    new Provenance.Replayed(
                        progress.replay().examples(), progress.replay().idleSteps())),
                offsets,
                facts.settings(),
                facts.environment()));
    return new Candidate(content, verdict.scores(), probes, temperature.of(weights.logits(probes)));
  }

  /** What the gate lets through goes on with its parent's; what an operator wants begins anew. */
  private static Optional<Double> bestGolden(
      PromotionGate.Verdict verdict, Optional<ModelVersion> parent) {
    Optional<Double> before =
        verdict.decision().test().isEmpty()
            ? Optional.empty()
            : parent.flatMap(version -> verdict.championGolden().map(version::bestGoldenOn));
    return verdict
        .golden()
        .map(Evaluation::headline)
        .map(headline -> Math.max(headline, before.orElse(headline)));
  }

  private static List<String> added(Progress progress, ModelVersion parent) {
    return progress.labels().stream().filter(label -> !parent.labels().contains(label)).toList();
  }

  /**
   * Writes and sends it.
   *
   * @param restorePoint what training had left behind when the candidate was copied
   */
  Publication publish(Candidate candidate, Checkpoint restorePoint) {
    // Hundreds of megabytes: let go of as soon as they are on the disk.
    AtomicReference<Checkpoint> unit = new AtomicReference<>(restorePoint);
    ArtifactUploader.Upload upload = uploads.begin(new VersionKey(candidate.version(), term));
    return new Publication(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return publish(
                    candidate,
                    restorePoints.save(
                        candidate.version(),
                        candidate.content().parent(),
                        term,
                        unit.getAndSet(null)),
                    upload);
              } catch (IOException e) {
                throw new PipelineException(
                    "version " + candidate.version() + " was not published: " + e.getMessage(), e);
              }
            },
            executor),
        upload);
  }

  private Champion publish(
      Candidate candidate, CheckpointId restorePoint, ArtifactUploader.Upload upload)
      throws IOException {
    try {
      return write(candidate, upload);
    } catch (IOException | RuntimeException e) {
      restorePoints.remove(restorePoint);
      throw e;
    }
  }

  /** Loads a version whose files are there. */
  public Champion load(ModelVersion version) throws IOException {
    store.verify(version);
    Path folder = store.folder(version.version(), version.term());
    return new Champion(version, TransformerClassifier.read(folder, device), evaluator);
  }

  private Champion write(Candidate candidate, ArtifactUploader.Upload upload) throws IOException {
    ArtifactContent content = candidate.content();
    TransformerClassifier[] loaded = new TransformerClassifier[1];
    try {
      ModelVersion version =
          store.add(
              content.version(),
              term,
              folder -> {
                ArtifactWriter.write(folder, content);
                loaded[0] = TransformerClassifier.read(folder, device);
                compare(candidate, loaded[0]);
              },
              (written, files) ->
                  content.described(send(upload, content.version(), written, files), files));
      // Scored again it would take as long as the evaluation that it won.
      return new Champion(
          version, loaded[0], evaluator.frozen(loaded[0]::logits, candidate.scores()));
    } catch (IOException | RuntimeException e) {
      if (loaded[0] != null) {
        loaded[0].close();
      }
      throw e;
    }
  }

  /** What fails here is no failure of the folder: the message must not begin with that. */
  private String send(
      ArtifactUploader.Upload upload, long version, Path written, List<ArtifactFile> files) {
    try {
      return upload.send(written, store.folder(version, term), files);
    } catch (IOException e) {
      throw new PipelineException(
          "version " + version + " was not published: " + e.getMessage(), e);
    }
  }

  private static void compare(Candidate candidate, TransformerClassifier loaded)
      throws IOException {
    float[][] found = loaded.logits(candidate.probes());
    for (int row = 0; row < found.length; row++) {
      for (int label = 0; label < found[row].length; label++) {
        double difference = Math.abs(found[row][label] - candidate.logits()[row][label]);
        if (!(difference <= TOLERANCE)) {
          throw new IOException(
              "loaded back, its logits differ by %s on probe text %d".formatted(difference, row));
        }
      }
    }
  }

  /**
   * A version on its way.
   *
   * @param champion the new one, once it may be announced
   * @param upload its way to where others load it, the last part
   */
  record Publication(CompletableFuture<Champion> champion, ArtifactUploader.Upload upload)
      implements PendingVersion {

    @Override
    public boolean isSending() {
      return upload.isSending();
    }

    @Override
    public void awaitEnd() {
      upload.awaitEnd(champion);
    }

    @Override
    public void hurry() {
      upload.hurry();
    }
  }

  /**
   * What is to be published, copied.
   *
   * @param scores its single predictions
   * @param probes texts to compare by
   * @param logits {@code [P][L]} of the candidate on them
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Candidate(
      ArtifactContent content,
      HeldOutEvaluator.FrozenScores scores,
      TokenMatrix probes,
      float[][] logits) {
    long version() {
      return content.version();
    }
  }
}
