package io.millrace.cli;

import io.millrace.cli.settings.Settings;
import io.millrace.example.DeadLetter;
import io.millrace.input.ExampleDecoder;
import io.millrace.kafka.ModelInputs;
import io.millrace.kafka.archive.DeadLetterReplay;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends dead letters back after a fix. */
@RegisterForReflection // picocli reads its options, in a native executable, too
@Command(
    name = "replay",
    description = {
      "Sends dead letters back to the model that refused them, on its retry topic, as they came.",
      "What was sent is not sent again, nor what a later record of its partition corrects or"
          + " retracts."
    })
final class ReplayCommand implements Callable<Integer> {

  private static final int SHOWN = 10;
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Option(
      names = "--partition",
      paramLabel = "P",
      description = "Of the dead-letter topic; all without it.")
  private Integer partition;

  @Option(
      names = "--from",
      paramLabel = "OFFSET",
      defaultValue = "0",
      description = "The first dead letter's offset.")
  private long from;

  @Option(
      names = "--to",
      paramLabel = "OFFSET",
      defaultValue = "" + Long.MAX_VALUE,
      showDefaultValue = Visibility.NEVER,
      description = "The offset after the last one; the topic's end without it.")
  private long to;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only those refused for it: ${COMPLETION-CANDIDATES}.")
  private DeadLetter.Reason reason;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only those refused then or later, such as 2026-01-31T08:00:00Z.")
  private Instant since;

  @Option(names = "--dry-run", description = "Only say what would be sent.")
  private boolean dryRun;

  /** 0 where all could be sent, else 1. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    DeadLetterReplay.Selection selection = selection();
    Settings settings = Settings.read();
    DeadLetterReplay replay =
        new DeadLetterReplay(
            settings.kafka(),
            settings.topics().deadLetter(),
            ModelInputs.of(settings.topics()),
            new ExampleDecoder(settings.pipeline().example(), settings.pipeline().task()),
            ANSWER_WITHIN);
    DeadLetterReplay.Report report;
    try (ProgressBar bar = Bars.of("dead letters", "offsets")) {
      report = replay.run(selection, dryRun, (done, all) -> Bars.show(bar, done, all));
    }
    spec.commandLine()
        .getOut()
        .printf(
            "%d dead letters %s sent back: %s; %d were before, %d have later records about them%n",
            report.records(),
            dryRun ? "would be" : "were",
            report.counts(),
            report.sentBefore(),
            report.superseded());
    if (!report.kept().isEmpty()) {
      spec.commandLine()
          .getErr()
          .printf(
              "%d cannot be sent back, the first of them: %s%n",
              report.kept().size(), report.kept().stream().limit(SHOWN).toList());
    }
    return report.kept().isEmpty() ? 0 : 1;
  }

  private DeadLetterReplay.Selection selection() {
    if (from < 0 || from > to) {
      throw new ParameterException(
          spec.commandLine(),
          "--from %d --to %d: offsets begin at 0 and go up".formatted(from, to));
    }
    return new DeadLetterReplay.Selection(
        partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
        from,
        to,
        Optional.ofNullable(reason),
        Optional.ofNullable(since));
  }
}
