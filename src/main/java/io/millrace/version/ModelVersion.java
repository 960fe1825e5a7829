package io.millrace.version;

import io.millrace.gate.TestResult;
import io.millrace.score.Evaluation;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A published version: what the versions topic announces.
 *
 * @param model the model's name
 * @param version its number, from 1
 * @param term its owner's: the offset of the owner's trainer-started event on the versions topic
 * @param parent the version it replaced, empty for the first
 * @param createdAt when it was published
 * @param labels its labels in logit order
 * @param addedLabels those of them that its parent does not have: its answers have another schema
 * @param maxLength longest text in tokens it was trained with
 * @param evaluation its scores on the held-out window at publication
 * @param parentEvaluation its parent's scores on the same examples
 * @param golden its scores on the golden set; empty while that is, and in versions from before
 * @param parentGolden its parent's on that
 * @param bestGolden the highest accuracy on that of this version and those it comes from, as far as
 *     the gate decided: a version that an operator wants begins anew
 * @param prequential scores of the run on recent examples, each before it was trained on
 * @param decision why it was published, in words
 * @param test what decided it; empty for the first version, one by command, and those from before
 * @param provenance its lineage
 * @param artifact URI of its folder
 * @param files every file of it
 */
public record ModelVersion(
    String model,
    long version,
    long term,
    Optional<Long> parent,
    Instant createdAt,
    List<String> labels,
    List<String> addedLabels,
    int maxLength,
    Evaluation evaluation,
    Optional<Evaluation> parentEvaluation,
    Optional<Evaluation> golden,
    Optional<Evaluation> parentGolden,
    Optional<Double> bestGolden,
    Optional<Evaluation> prequential,
    String decision,
    Optional<TestResult> test,
    Provenance provenance,
    String artifact,
    List<ArtifactFile> files) {

  public ModelVersion {
    if (version < 1 || term < 0) {
      throw new IllegalArgumentException(
          "versions count from 1 and terms from 0, not " + version + " and " + term);
    }
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(evaluation, "evaluation");
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(provenance, "provenance");
    Objects.requireNonNull(artifact, "artifact");
    labels = List.copyOf(labels);
    addedLabels = addedLabels == null ? List.of() : List.copyOf(addedLabels); // null: from before
    bestGolden = bestGolden.filter(Double::isFinite); // absent numbers are read as NaN
    files = List.copyOf(files);
  }

  /**
   * When its newest example was sent. A clock that is ahead of the publisher's does not count, and
   * versions from before do not tell: then it is when the version was published, a lower bound of
   * its age.
   */
  public Instant freshAt() {
    return provenance.freshAt(createdAt);
  }

  /**
   * The highest headline on the golden set of this version and those it comes from. What it has
   * lost since counts on another set as well: while a set still grows, losses would else add up.
   *
   * @param now its scores on the set as it is now
   */
  public double bestGoldenOn(Evaluation now) {
    double lost =
        golden
            .flatMap(then -> bestGolden.map(best -> Math.max(0, best - then.headline())))
            .orElse(0.0);
    return Math.min(1, now.headline() + lost);
  }

  /** Without what grows with the square of the labels: its own files have the matrices. */
  public ModelVersion withoutConfusion() {
    return with(Evaluation::withoutConfusion);
  }

  /** With scores that do not grow with the labels: see {@link Evaluation#brief}. */
  public ModelVersion brief() {
    return with(Evaluation::brief);
  }

  private ModelVersion with(UnaryOperator<Evaluation> scores) {
    return new ModelVersion(
        model,
        version,
        term,
        parent,
        createdAt,
        labels,
        addedLabels,
        maxLength,
        scores.apply(evaluation),
        parentEvaluation.map(scores),
        golden.map(scores),
        parentGolden.map(scores),
        bestGolden,
        prequential.map(scores),
        decision,
        test,
        provenance,
        artifact,
        files);
  }

  /** What its files are named by. */
  public VersionKey key() {
    return new VersionKey(version, term);
  }
}
