package io.millrace.pipeline;

import ai.djl.Device;
import io.millrace.evaluation.Evaluation;
import io.millrace.evaluation.HeldOutEvaluator;
import io.millrace.evaluation.HeldOutExample;
import io.millrace.model.TransformerClassifier;
import io.millrace.publication.ArtifactContent;
import io.millrace.publication.ArtifactWriter;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.Provenance;
import io.millrace.publication.PublicationDecision;
import io.millrace.publication.VersionStore;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.training.CandidateModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Makes a version of a candidate: writes its artifact, loads it back, compares its logits,
 * announces it. The candidate is copied on the training thread; the rest happens on the executor.
 */
final class Publisher {

  private static final Logger LOG = Logger.getLogger(Publisher.class);
  private static final int PROBES = 8;
  private static final double TOLERANCE = 1e-4;
  private static final long ANNOUNCE_SECONDS = 60;

  private final VersionStore store;
  private final VersionSink sink;
  private final Consumer<ModelVersion> onAnnounced;
  private final PublicationFacts facts;
  private final HeldOutEvaluator evaluator;
  private final Device device;
  private final int keep;
  private final Executor executor;

  /**
   * @param onAnnounced told of each version once the broker has its announcement
   * @param facts what every version of this run has in common
   * @param keep versions whose files are kept
   */
  Publisher(
      VersionStore store,
      VersionSink sink,
      Consumer<ModelVersion> onAnnounced,
      PublicationFacts facts,
      HeldOutEvaluator evaluator,
      Device device,
      int keep,
      Executor executor) {
    this.store = store;
    this.sink = sink;
    this.onAnnounced = onAnnounced;
    this.facts = facts;
    this.evaluator = evaluator;
    this.device = device;
    this.keep = keep;
    this.executor = executor;
  }

  /**
   * Copies what is to be published. Training thread.
   *
   * @param evaluated the model that was evaluated
   */
  Candidate candidate(
      Learner learner,
      CandidateModel evaluated,
      List<HeldOutExample> heldOut,
      Evaluation evaluation,
      Optional<Evaluation> champion,
      Optional<Long> parent,
      PublicationDecision decision) {
    TokenMatrix probes =
        TokenMatrix.of(heldOut.stream().limit(PROBES).map(HeldOutExample::text).toList());
    TransformerClassifier weights = evaluated.model();
    Progress progress = learner.progress();
    TreeMap<String, Provenance.OffsetRange> offsets = new TreeMap<>();
    progress
        .origin()
        .forEach(
            (partition, from) ->
                offsets.put(
                    partition, new Provenance.OffsetRange(from, progress.next().get(partition))));
    ArtifactContent content =
        new ArtifactContent(
            facts.model(),
            store.nextNumber(),
            parent,
            Instant.now(),
            weights.config(),
            weights.snapshot(),
            progress.labels(),
            facts.tokenizerJson(),
            facts.maxLength(),
            evaluation,
            champion,
            decision.reason(),
            new Provenance(
                facts.base(),
                learner.tuner().steps(),
                evaluated.decaySteps(),
                progress.examplesTrained(),
                progress.labelCounts(),
                Optional.of(
                    new Provenance.Replayed(
                        progress.replay().examples(), progress.replay().idleSteps())),
                offsets,
                facts.settings(),
                facts.environment()));
    return new Candidate(content, probes, weights.logits(probes));
  }

  /** Publishes; the result is the new champion. */
  CompletableFuture<Champion> publish(Candidate candidate) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return write(candidate);
          } catch (IOException e) {
            throw new PipelineException(
                "version " + candidate.version() + " was not published: " + e.getMessage(), e);
          }
        },
        executor);
  }

  /** Loads the current version, and announces again what a crash may have kept from the broker. */
  Optional<Champion> current() throws IOException {
    executor.execute(this::announceOutstanding);
    Optional<ModelVersion> current = store.current();
    if (current.isEmpty()) {
      return Optional.empty();
    }
    store.verify(current.get());
    Path folder = store.folder(current.get().version());
    return Optional.of(
        new Champion(current.get(), TransformerClassifier.read(folder, device), evaluator));
  }

  private Champion write(Candidate candidate) throws IOException {
    ArtifactContent content = candidate.content();
    TransformerClassifier[] loaded = new TransformerClassifier[1];
    try {
      ModelVersion version =
          store.add(
              content.version(),
              folder -> {
                ArtifactWriter.write(folder, content);
                loaded[0] = TransformerClassifier.read(folder, device);
                compare(candidate, loaded[0]);
              },
              files ->
                  content.described(store.folder(content.version()).toUri().toString(), files));
      announceOutstanding();
      store.prune(keep);
      return new Champion(version, loaded[0], evaluator);
    } catch (IOException | RuntimeException e) {
      if (loaded[0] != null) {
        loaded[0].close();
      }
      throw e;
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

  /** In order; the first that fails ends it, and the next publication or start tries again. */
  private void announceOutstanding() {
    for (ModelVersion version : store.unannounced()) {
      try {
        announce(version);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | TimeoutException | IOException e) {
        LOG.errorf(
            "version %d is written but not announced, it will be tried again: %s",
            version.version(), e);
        return;
      }
    }
  }

  private void announce(ModelVersion version)
      throws InterruptedException, ExecutionException, TimeoutException, IOException {
    sink.announce(version).toCompletableFuture().get(ANNOUNCE_SECONDS, TimeUnit.SECONDS);
    store.markAnnounced(version.version());
    LOG.infof(
        "version %d announced: accuracy %.4f (constant %.4f), loss %.4f on %d held-out examples; %s",
        version.version(),
        version.evaluation().accuracy(),
        version.evaluation().constantAccuracy(),
        version.evaluation().loss(),
        version.evaluation().examples(),
        version.artifact());
    onAnnounced.accept(version);
  }

  /**
   * What is to be published, copied.
   *
   * @param probes texts to compare by
   * @param logits {@code [P][L]} of the candidate on them
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Candidate(ArtifactContent content, TokenMatrix probes, float[][] logits) {
    long version() {
      return content.version();
    }
  }
}
