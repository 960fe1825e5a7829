package io.millrace.cli;

import io.millrace.backtest.Backtest;
import io.millrace.backtest.BacktestResult;
import io.millrace.backtest.report.ReportFiles;
import io.millrace.backtest.report.ReportMaker;
import io.millrace.backtest.report.StreamReport;
import io.millrace.cli.settings.Settings;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures what learning from a stream is worth. */
@RegisterForReflection // picocli reads its options, in a native executable, too
@Command(
    name = "evaluate-stream",
    description = {
      "Runs a file of labelled examples in event-time order, and compares a model that is frozen"
          + " behind the first tenth, one trained from scratch again and again, and the service.",
      "Prints a table; writes stream.json and a picture, stream.svg. Reads no broker and no store."
    })
final class EvaluateStreamCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "JSON lines as on the examples topic, each with a timestamp; gzip where it ends in .gz.")
  private Path file;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "" + Integer.MAX_VALUE,
      showDefaultValue = Visibility.NEVER,
      description = "Only the first N by event time.")
  private int limit;

  @Option(
      names = "--retrains",
      paramLabel = "N",
      defaultValue = "12",
      description = "Trainings from scratch; they cost the most. Default: ${DEFAULT-VALUE}.")
  private int retrains;

  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description = "Instead of millrace.tokenize.max-length.")
  private Integer maxLength;

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "Takes stream.json and stream.svg. Default: the current folder.")
  private Path output;

  @Option(
      names = "--brief",
      description = "Without the arms that lack one or other of the service's parts.")
  private boolean brief;

  /** 0 once all is written. */
  @Override
  public Integer call() throws IOException {
    requireAboveZero("--limit", limit);
    requireAboveZero("--retrains", retrains);
    PrintWriter out = spec.commandLine().getOut();
    Backtest.Options options = new Backtest.Options(file, limit, retrains, !brief);
    try (Backtest trial =
        new Backtest(options, settings -> Settings.read(with(settings)).pipeline())) {
      long examples = trial.expectedExamples();
      out.printf(
          "%d examples to train on, each as often as it is: about %d minutes%n",
          examples, trial.expectedDuration().plusSeconds(59).toMinutes());
      out.flush();
      StreamReport report;
      try (ProgressBar bar = Bars.of(file.getFileName().toString(), "examples").maxHint(examples)) {
        report = ReportMaker.report(trial.run(listener(bar)));
      }
      out.println(ReportFiles.table(report));
      out.flush();
    }
    return 0;
  }

  private void requireAboveZero(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s = %d: must be above 0".formatted(option, value));
    }
  }

  /** What is known is written after each arm: a run may take hours, and be ended. */
  private Backtest.Listener listener(ProgressBar bar) {
    return new Backtest.Listener() {
      @Override
      public void onArm(String name) {
        bar.setExtraMessage(name);
      }

      @Override
      public void onTrained(long examples) {
        bar.stepBy(examples);
      }

      @Override
      public void onResult(BacktestResult result) throws IOException {
        ReportFiles.write(ReportMaker.report(result), output);
      }
    };
  }

  private Map<String, String> with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    if (maxLength != null) {
      all.put("millrace.tokenize.max-length", maxLength.toString());
    }
    return all;
  }
}
