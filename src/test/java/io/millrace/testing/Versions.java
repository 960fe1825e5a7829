package io.millrace.testing;

import io.millrace.example.Partition;
import io.millrace.score.Evaluation;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Published versions for tests. */
public final class Versions {

  /** That of their owner. */
  public static final long TERM = 4;

  private Versions() {}

  public static ModelVersion version(long number) {
    return version(number, List.of());
  }

  /** A version with the labels ham and spam. */
  public static ModelVersion version(long number, List<ArtifactFile> files) {
    return at(number, "file:///versions/" + number, files);
  }

  /** One whose files are there. */
  public static ModelVersion at(long number, String artifact, List<ArtifactFile> files) {
    return version(number, number - 1, Examples.NOON.plusSeconds(number), artifact, files);
  }

  /** One that took the place of another than the one before it. */
  public static ModelVersion successor(long number, long parent, Instant createdAt) {
    return version(number, parent, createdAt, "file:///versions/" + number, List.of());
  }

  /**
   * One of this age, with no examples.
   *
   * @param newest when its newest example was sent
   */
  public static ModelVersion aged(long number, Instant createdAt, Optional<Instant> newest) {
    return version(
        number, number - 1, 0, createdAt, newest, "file:///versions/" + number, List.of());
  }

  /**
   * One that has this score on the golden set.
   *
   * @param best the highest of its lineage there
   */
  public static ModelVersion scored(ModelVersion like, Evaluation golden, double best) {
    return like(like, like.evaluation(), Optional.of(golden), Optional.of(best), like.provenance());
  }

  /** One that has this score on the held-out window. */
  public static ModelVersion scored(ModelVersion like, Evaluation evaluation) {
    return like(like, evaluation, like.golden(), like.bestGolden(), like.provenance());
  }

  /** One that has read these records. */
  public static ModelVersion behind(
      ModelVersion like, Map<Partition, Provenance.OffsetRange> read) {
    Provenance own = like.provenance();
    return like(
        like,
        like.evaluation(),
        like.golden(),
        like.bestGolden(),
        new Provenance(
            own.base(),
            own.step(),
            own.decaySteps(),
            own.temperature(),
            own.examplesTrained(),
            own.newestExampleAt(),
            own.chunks(),
            own.labelCounts(),
            own.replayed(),
            read,
            own.settings(),
            own.environment()));
  }

  private static ModelVersion like(
      ModelVersion like,
      Evaluation evaluation,
      Optional<Evaluation> golden,
      Optional<Double> best,
      Provenance lineage) {
    return new ModelVersion(
        like.model(),
        like.version(),
        like.term(),
        like.parent(),
        like.createdAt(),
        like.labels(),
        like.addedLabels(),
        like.maxLength(),
        evaluation,
        like.parentEvaluation(),
        golden,
        like.parentGolden(),
        best,
        like.prequential(),
        like.decision(),
        like.test(),
        lineage,
        like.artifact(),
        like.files());
  }

  private static ModelVersion version(
      long number, long parent, Instant createdAt, String artifact, List<ArtifactFile> files) {
    return version(
        number,
        parent,
        320 * number,
        createdAt,
        Optional.of(createdAt.minusSeconds(30)),
        artifact,
        files);
  }

  private static ModelVersion version(
      long number,
      long parent,
      long examples,
      Instant createdAt,
      Optional<Instant> newest,
      String artifact,
      List<ArtifactFile> files) {
    return new ModelVersion(
        "default",
        number,
        TERM,
        number == 1 ? Optional.empty() : Optional.of(parent),
        createdAt,
        List.of("ham", "spam"),
        List.of(),
        16,
        evaluation(0.9),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "published: better",
        Optional.empty(),
        new Provenance(
            "tiny",
            10 * number,
            0,
            1,
            examples,
            newest,
            Optional.of(number),
            Map.of(),
            Optional.empty(),
            Map.of(),
            Map.of(),
            Map.of()),
        artifact,
        files);
  }

  /** Ten examples, six of them ham. */
  public static Evaluation evaluation(double accuracy) {
    return Evaluations.evaluation()
        .accuracy(accuracy)
        .macroF1(accuracy)
        .label("ham", 6, 0.9, 0.9, 0.9)
        .label("spam", 4, 0.9, 0.9, 0.9)
        .confusion(List.of(List.of(5L, 1L), List.of(0L, 4L)))
        .build();
  }
}
