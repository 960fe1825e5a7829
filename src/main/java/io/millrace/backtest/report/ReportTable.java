package io.millrace.backtest.report;

import io.millrace.backtest.EventStream;
import io.millrace.backtest.LeftOut;
import io.millrace.backtest.Publications;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A report as text for a terminal, accuracies and differences in percent and points. */
final class ReportTable {

  private static final String ROW = "%-18s";
  private static final String UNDEFINED = "-";

  private ReportTable() {}

  static String of(StreamReport report) {
    List<String> lines = new ArrayList<>();
    StreamReport.Source stream = report.stream();
    lines.add(
        format(
            "%s: %d examples from %s to %s, %d labels, %d held out by hash, %d left out",
            stream.file(),
            stream.examples(),
            stream.oldest(),
            stream.newest(),
            stream.labels().size(),
            stream.heldOut(),
            stream.leftOut().values().stream().mapToLong(LeftOut::lines).sum()));
    stream
        .leftOut()
        .forEach(
            (reason, left) ->
                lines.add(
                    format("left out: %d lines, %s, as %s", left.lines(), reason, left.first())));
    lines.add(
        format(
            "accuracy of predicting first, on the same %d examples behind the first tenth; always the most frequent label so far: %s",
            stream.compared(), percent(report.constant())));
    lines.add("");
    lines.add(
        format(
            ROW + "%24s %8s %8s %9s %9s %10s %7s %s",
            "",
            "accuracy [95%]",
            "held-out",
            "oldest",
            "forgotten",
            "trained",
            "seconds",
            "",
            "published, held, taken back, wrong of judged by loss (accuracy); drift reactions"));
    report.arms().forEach(arm -> lines.add(row(arm)));
    lines.add("");
    lines.add(
        format(ROW, "by tenth")
            + String.join(
                "",
                IntStream.rangeClosed(1, EventStream.TENTHS)
                    .mapToObj(tenth -> format("%8d", tenth))
                    .toList()));
    report.arms().forEach(arm -> lines.add(tenths(arm)));
    lines.add("");
    report.verdicts().forEach(verdict -> lines.add(verdict.sentence()));
    report.differences().stream()
        .filter(difference -> !difference.arm().equals(report.ours()))
        .forEach(difference -> lines.add(difference.sentence()));
    if (!report.complete()) {
      lines.add("not complete: the other arms are still to come");
    }
    lines.add(
        format(
            "intervals: percentiles of a circular block bootstrap, blocks of %d or a tenth of what is less than 500, %d resamples, seed %d; training seed %s",
            report.setup().bootstrapBlock(),
            report.setup().bootstrapResamples(),
            report.setup().bootstrapSeed(),
            report.setup().settings().get("training.seed")));
    return String.join(System.lineSeparator(), lines);
  }

  private static String row(StrategyReport arm) {
    List<Double> oldest = arm.oldestByTenth();
    return format(
        ROW + "%24s %8s %8s %9s %9d %10.0f         %s",
        arm.name(),
        "%s [%s, %s]"
            .formatted(
                percent(arm.accuracy().mean()),
                percent(arm.accuracy().low()),
                percent(arm.accuracy().high())),
        percent(arm.heldOut()),
        percent(oldest.get(oldest.size() - 1)),
        percent(arm.forgotten()),
        arm.examplesTrained(),
        arm.seconds(),
        arm.publications().map(made -> publications(made, arm)).orElse(UNDEFINED));
  }

  private static String publications(Publications all, StrategyReport arm) {
    return format(
        "%d, %d, %d, %d of %d (%d); %d",
        all.published(),
        all.held(),
        all.rolledBack(),
        all.wrongByLoss(),
        all.judged(),
        all.wrongByAccuracy(),
        arm.driftReactions());
  }

  private static String tenths(StrategyReport arm) {
    return format(ROW, arm.name())
        + String.join(
            "", arm.byTenth().stream().map(tenth -> format("%8s", percent(tenth.mean()))).toList());
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? UNDEFINED : format("%.2f", 100 * share);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
