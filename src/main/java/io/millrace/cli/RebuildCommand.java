package io.millrace.cli;

import io.millrace.kafka.KafkaRecordLog;
import io.millrace.pipeline.Comparison;
import io.millrace.pipeline.Rebuild;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a version again and compares its weights. */
@RegisterForReflection // picocli reads its options, in a native executable, too
@Command(
    name = "rebuild",
    description = {
      "Trains a version again, from the base over the records of its lineage, and compares the weights.",
      "Reads the store and the broker, and changes neither. Takes the settings it was trained with."
    })
final class RebuildCommand implements Callable<Integer> {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "VERSION", description = "The version's number.")
  private long version;

  /** 0 where the weights are equal bit for bit, else 1. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = Settings.read();
    Comparison comparison;
    try (KafkaRecordLog log = new KafkaRecordLog(settings.kafka(), ANSWER_WITHIN);
        Rebuild rebuild = new Rebuild(settings.pipeline(), log);
        ProgressBar bar =
            new ProgressBarBuilder()
                .setTaskName("version " + version)
                .setUnit("chunks", 1)
                .build()) {
      comparison =
          rebuild.version(
              version,
              (done, all) -> {
                bar.maxHint(all);
                bar.stepTo(done);
              });
    }
    spec.commandLine().getOut().println(comparison);
    return comparison.isEqual() ? 0 : 1;
  }
}
