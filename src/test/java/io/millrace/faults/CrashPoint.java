package io.millrace.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A boundary of the commit protocol at which the service dies: where exactly, in the words of
 * Byteman, which puts a {@code kill -9} there in the child process. The service has no code for it.
 */
enum CrashPoint {
  TERM_CLAIMED("io.millrace.kafka.commit.KafkaClaims", "claim", "AT EXIT"),
  RECOVERY_READ("io.millrace.owner.Recovery", "of", "AT EXIT"),
  JOURNAL_BEGUN("io.millrace.journal.FolderBatchJournal", "begin", "AT EXIT"),
  BEFORE_JOURNAL("io.millrace.journal.JournalWriter", "append", "AT ENTRY"),
  AFTER_JOURNAL("io.millrace.journal.JournalWriter", "append", "AT EXIT"),
  BEFORE_STEP("io.millrace.step.FineTuner", "step", "AT ENTRY"),
  AFTER_STEP("io.millrace.step.FineTuner", "step", "AT EXIT"),
  BEFORE_SNAPSHOT("io.millrace.learner.Learner", "snapshot", "AT ENTRY"),
  AFTER_SNAPSHOT("io.millrace.learner.Learner", "snapshot", "AT EXIT"),
  UNIT_HALF_WRITTEN(
      "io.millrace.checkpoint.FolderCheckpointStore", "fill", "AFTER INVOKE Safetensors.write"),
  BEFORE_RENAME("io.millrace.storage.DurableFolder", "write", "AT INVOKE Files.move"),
  AFTER_RENAME("io.millrace.storage.DurableFolder", "write", "AFTER INVOKE Files.move"),
  BEFORE_PRUNE("io.millrace.checkpoint.FolderCheckpointStore", "prune", "AT ENTRY"),
  HALF_PRUNED("io.millrace.storage.DurableFolder", "remove", "AFTER INVOKE Files.move"),
  BEFORE_TRANSACTION("io.millrace.kafka.commit.KafkaOwnership", "transact", "AT ENTRY"),
  TRANSACTION_BEGUN(
      "io.millrace.kafka.commit.KafkaOwnership",
      "transact",
      "AFTER INVOKE Producer.beginTransaction"),
  SENT(
      "io.millrace.kafka.commit.KafkaOwnership",
      "transact",
      "AFTER INVOKE Producer.sendOffsetsToTransaction"),
  BEFORE_COMMIT(
      "io.millrace.kafka.commit.KafkaOwnership",
      "transact",
      "AT INVOKE Producer.commitTransaction"),
  AFTER_COMMIT(
      "io.millrace.kafka.commit.KafkaOwnership",
      "transact",
      "AFTER INVOKE Producer.commitTransaction"),
  BEFORE_VERSION("io.millrace.version.FolderVersionStore", "add", "AT ENTRY"),
  AFTER_VERSION("io.millrace.version.FolderVersionStore", "add", "AT EXIT"),
  BEFORE_ANNOUNCE("io.millrace.commit.PostCommit", "announced", "AT ENTRY"),
  AFTER_ANNOUNCE("io.millrace.commit.PostCommit", "announced", "AT EXIT"),
  /** Behind the last unit before it; passed only where somebody asks for one. */
  IN_ROLL_BACK("io.millrace.commit.Checkpointer", "rollBack", "AT ENTRY");

  private final String type;
  private final String method;
  private final String location;

  CrashPoint(String type, String method, String location) {
    this.type = type;
    this.method = method;
    this.location = location;
  }

  /** The full name of its class. */
  String type() {
    return type;
  }

  /** The name of its method. */
  String method() {
    return method;
  }

  /** Where in the method, in Byteman's words. */
  String location() {
    return location;
  }

  /** Whether it is passed once, when an instance becomes the owner. */
  boolean isOfStart() {
    return compareTo(JOURNAL_BEGUN) <= 0;
  }

  /**
   * What makes a JVM die here.
   *
   * @param time how often it passes, the last time included
   * @param folder where the rule is written to
   */
  List<String> agent(int time, Path folder) throws IOException {
    return Byteman.agent(
        folder.resolve(this + "-" + time + ".btm"),
        """
        RULE %1$s
        CLASS %2$s
        METHOD %3$s
        %4$s
        IF incrementCounter("%1$s") == %5$d
        DO traceln("dies at %1$s, time %5$d");
           java.lang.Runtime.getRuntime().exec("kill -9 " + java.lang.ProcessHandle.current().pid());
           java.lang.Thread.sleep(60000)
        ENDRULE
        """
            .formatted(this, type, method, location, time));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
