package io.millrace.gate;

import io.millrace.example.Partition;
import io.millrace.score.Evaluation;
import io.millrace.testing.Evaluations;
import io.millrace.testing.Examples;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluations and versions of a ham and spam model. */
public final class Scores {

  /** That of the versions' owner. */
  public static final long TERM = 4;

  private Scores() {}

  /** An evaluation on this many examples of each class; only the losses matter to the gate. */
  public static Evaluation of(double loss, double priorLoss, long ham, long spam) {
    return Evaluations.evaluation()
        .examples(ham + spam)
        .loss(loss)
        .accuracy(0.75)
        .macroF1(0.5)
        .constantAccuracy(0.5)
        .priorLoss(priorLoss)
        .label("ham", ham, 0.5, 1, 2.0 / 3)
        .label("spam", spam, Double.NaN, 0.5, Double.NaN)
        .confusion(List.of(List.of(ham, 0L), List.of(spam - spam / 2, spam / 2)))
        .from(Examples.NOON, Optional.of(Examples.NOON.plusSeconds(60)))
        .build();
  }

  static Evaluation loss(double loss) {
    return of(loss, 0.69, 20, 20);
  }

  public static ModelVersion version(long number, List<ArtifactFile> files) {
    return new ModelVersion(
        "mail",
        number,
        TERM,
        number == 1 ? Optional.empty() : Optional.of(number - 1),
        Examples.NOON,
        List.of("ham", "spam"),
        List.of(),
        64,
        loss(0.25),
        number == 1 ? Optional.empty() : Optional.of(loss(0.5)),
        Optional.of(loss(0.2).withoutConfusion()),
        number == 1 ? Optional.empty() : Optional.of(loss(0.4).withoutConfusion()),
        Optional.of(0.8),
        Optional.of(loss(0.3).withoutConfusion()),
        "published: better",
        Optional.empty(),
        new Provenance(
            "embedded:all-minilm-l6-v2",
            120,
            20,
            1,
            3840,
            Optional.of(Instant.parse("2026-01-31T09:29:58.250Z")),
            Optional.of(31L),
            Map.of("ham", 2000L, "spam", 1840L),
            Optional.of(new Provenance.Replayed(960, 12)),
            Map.of(new Partition("millrace.examples", 0), new Provenance.OffsetRange(0, 3840)),
            Map.of("millrace.training.seed", "42"),
            Map.of("java", "17")),
        "file:///store/mail/versions/" + number + "/",
        files);
  }
}
