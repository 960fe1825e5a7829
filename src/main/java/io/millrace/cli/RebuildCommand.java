package io.millrace.cli;

import io.millrace.cli.settings.Settings;
import io.millrace.kafka.TopicSettings;
import io.millrace.kafka.archive.KafkaRecordLog;
import io.millrace.rebuild.Comparison;
import io.millrace.rebuild.Rebuild;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a version again and compares its weights. */
@RegisterForReflection // picocli reads its options, in a native executable, too
@Command(
    name = "rebuild",
    description = {
      "Trains a version again, over the records of its lineage, and compares the weights.",
      "Reads the store and the broker, and changes neither. Settings that shape training are taken",
      "as each term recorded them; of terms from before they were recorded, they must be the same."
    })
final class RebuildCommand implements Callable<Integer> {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "VERSION", description = "The version's number.")
  private long version;

  @Option(
      names = "--from",
      paramLabel = "START",
      defaultValue = "BASE",
      description = {
        "Where to begin: ${COMPLETION-CANDIDATES}. BASE proves all of it;",
        "NEAREST_UNIT takes the last kept checkpoint before the version as it is."
      })
  private Rebuild.Start start;

  /** 0 where the weights are equal bit for bit, else 1. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    Settings settings = Settings.read();
    Comparison comparison;
    TopicSettings topics = settings.topics();
    List<String> inputs = List.of(topics.examples(), topics.heldOut(), topics.retry());
    try (KafkaRecordLog log = new KafkaRecordLog(settings.kafka(), ANSWER_WITHIN, inputs);
        Rebuild rebuild =
            new Rebuild(settings.pipeline(), log, given -> Settings.read(given).pipeline());
        ProgressBar bar = Bars.of("version " + version, "chunks")) {
      comparison = rebuild.version(version, start, (done, all) -> Bars.show(bar, done, all));
    }
    spec.commandLine().getOut().println(comparison);
    return comparison.isEqual() ? 0 : 1;
  }
}
