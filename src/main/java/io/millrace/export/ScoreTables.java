package io.millrace.export;

import io.millrace.gate.TestResult;
import io.millrace.score.BootstrapIntervals;
import io.millrace.score.ClassScore;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.score.Quality;
import io.millrace.score.SliceScore;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The part of a model card that says what the version scored, with 95% intervals. */
final class ScoreTables {

  private ScoreTables() {}

  static String of(ArtifactContent content) {
    return format(
        """
        ## Scores

        On %d held-out examples that were never trained on%s:
        %s%s%s%s""",
        content.evaluation().examples(),
        window(content.evaluation()),
        overall(content.evaluation()),
        content.test().map(ScoreTables::test).orElse("")
            + temperature(content.provenance().temperature()),
        content.evaluation().slices().isEmpty() ? "" : slices(content.evaluation()),
        others(content));
  }

  private static String overall(Evaluation evaluation) {
    Quality quality = evaluation.quality();
    BootstrapIntervals bootstrap = quality.bootstrap();
    return format(
        """

        | | this version | 95%% interval | constant answer |
        |---|---|---|---|
        | accuracy | %s | %s | %s |
        | loss (nats) | %s | %s | %s |
        | Brier score | %s | %s | |
        | macro-F1 | %s | %s | |
        | weighted F1 | %s | %s | |
        | Matthews' correlation | %s | %s | |
        | expected calibration error | %s | | |
        | ROC-AUC | %s | %s | |
        | PR-AUC | %s | %s | |

        The constant answer is the most frequent label for accuracy, the label frequencies for loss.

        | label | examples | precision | recall | F1 |
        |---|---|---|---|---|
        %s
        """,
        number(evaluation.accuracy()),
        range(quality.accuracyInterval()),
        number(evaluation.constantAccuracy()),
        number(evaluation.loss()),
        range(quality.lossInterval()),
        number(evaluation.priorLoss()),
        number(quality.brier()),
        range(quality.brierInterval()),
        number(evaluation.macroF1()),
        range(bootstrap.macroF1()),
        number(quality.weightedF1()),
        range(bootstrap.weightedF1()),
        number(quality.mcc()),
        range(bootstrap.mcc()),
        number(quality.calibrationError()),
        number(quality.rocAuc()),
        range(bootstrap.rocAuc()),
        number(quality.prAuc()),
        range(bootstrap.prAuc()),
        evaluation.classes().stream().map(ScoreTables::row).collect(Collectors.joining("\n")));
  }

  private static String row(ClassScore score) {
    return format(
        "| %s | %d | %s | %s | %s |",
        ModelCard.cell(score.label()),
        score.support(),
        with(score.precision(), score.precisionInterval()),
        with(score.recall(), score.recallInterval()),
        number(score.f1()));
  }

  private static String test(TestResult test) {
    return format(
        """

        It was published by a test (%s) against its parent on %d of them: difference %+.4f, margin \
        %.4f, %d better, %d worse, p %.2g against %.2g at look %d.
        """,
        test.mode().toString().toLowerCase(Locale.ROOT).replace('_', '-'),
        test.examples(),
        test.difference(),
        test.margin(),
        test.better(),
        test.worse(),
        test.pValue(),
        test.level(),
        test.look());
  }

  private static String temperature(double value) {
    return value == 1
        ? ""
        : format(
            """

            Its classifier is divided by a temperature of %.4f, fitted on other held-out examples.
            """,
            value);
  }

  private static String slices(Evaluation evaluation) {
    return format(
        """

        | slice | examples | from | to | accuracy | loss (nats) |
        |---|---|---|---|---|---|
        %s
        """,
        evaluation.slices().stream().map(ScoreTables::row).collect(Collectors.joining("\n")));
  }

  private static String row(SliceScore slice) {
    return format(
        "| %s | %d | %s | %s | %s | %s |",
        ModelCard.cell(slice.slice()),
        slice.examples(),
        slice.oldest().map(Object::toString).orElse(""),
        slice.newest().map(Object::toString).orElse(""),
        with(slice.accuracy(), slice.accuracyInterval()),
        with(slice.loss(), slice.lossInterval()));
  }

  /** What was scored beside the window. */
  private static String others(ArtifactContent content) {
    String rows =
        row("golden set: the first held-out examples, or given ones", content.golden())
            + row("its parent on the golden set", content.parentGolden())
            + row("its parent on the window above", content.parentEvaluation())
            + row("recent examples, each before it was trained on", content.prequential());
    return rows.isEmpty()
        ? ""
        : format(
            """

            | other scores | examples | from | to | accuracy | loss (nats) |
            |---|---|---|---|---|---|
            %s""",
            rows);
  }

  private static String row(String name, Optional<Evaluation> scores) {
    return scores
        .map(
            score ->
                format(
                    "| %s | %d | %s | %s | %s | %s |\n",
                    name,
                    score.examples(),
                    score.oldest().map(Object::toString).orElse(""),
                    score.newest().map(Object::toString).orElse(""),
                    with(score.accuracy(), score.quality().accuracyInterval()),
                    with(score.loss(), score.quality().lossInterval())))
        .orElse("");
  }

  private static String window(Evaluation evaluation) {
    return evaluation.oldest().isPresent() && evaluation.newest().isPresent()
        ? format(", from %s to %s", evaluation.oldest().get(), evaluation.newest().get())
        : "";
  }

  private static String with(double value, Interval interval) {
    return Double.isNaN(interval.low())
        ? number(value)
        : number(value) + " (" + range(interval) + ")";
  }

  private static String range(Interval interval) {
    return Double.isNaN(interval.low())
        ? "undefined"
        : format("%.4f to %.4f", interval.low(), interval.high());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "undefined" : format("%.4f", value);
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
