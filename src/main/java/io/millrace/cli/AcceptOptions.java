package io.millrace.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Option;

/** What the service accepts of what differs from its checkpoint: {@code millrace.accept.*}. */
@RegisterForReflection // picocli reads its options, in a native executable, too
final class AcceptOptions {

  private static final String PREFIX = "millrace.accept.";

  @Option(
      names = "--accept-new-topic",
      paramLabel = "NAME=TOPIC-ID[@beginning|@end]",
      description = {
        "Read this topic in the place of an earlier one of its name, from its beginning or its end,",
        "or from --resume-at-time. What was learned stays. The refusal names the id."
      })
  private List<String> topics;

  @Option(
      names = "--accept-new-cluster",
      paramLabel = "CLUSTER-ID[@beginning|@end]",
      description = {
        "Go on with another cluster, such as a mirror, whose offsets differ: with --resume-at-time,",
        "or from the beginning or the end of all its topics."
      })
  private String cluster;

  @Option(
      names = "--accept-out-of-range",
      paramLabel = "PARTITION=POSITION@beginning|end",
      description = {
        "Give up a position that the log does not hold, and go on with the beginning of what is",
        "left, or with its end. The refusal names both."
      })
  private List<String> positions;

  @Option(
      names = "--accept-new-base",
      paramLabel = "PART=SHA256",
      description = "Go on though the base's tokenizer or config is of other bytes.")
  private List<String> base;

  @Option(
      names = "--accept-new-seed",
      paramLabel = "SEED",
      description = "Go on with another millrace.training.seed.")
  private Long seed;

  @Option(
      names = "--resume-at-time",
      paramLabel = "TIME",
      description = {
        "Where to read on in what is accepted: the first record of that time or later, by the",
        "records' timestamps, such as 2026-01-31T08:00:00Z."
      })
  private Instant time;

  /** Makes settings of them, over those from elsewhere. */
  void apply() {
    set("new-topic", topics == null ? null : String.join(",", topics));
    set("new-cluster", cluster);
    set("out-of-range", positions == null ? null : String.join(",", positions));
    set("new-base", base == null ? null : String.join(",", base));
    set("new-seed", seed);
    set("resume-at-time", time);
  }

  private static void set(String name, Object value) {
    if (value != null) {
      System.setProperty(PREFIX + name, value.toString());
    }
  }
}
