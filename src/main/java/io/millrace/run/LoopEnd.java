package io.millrace.run;

import io.millrace.version.DataSince;

/** Why a run has ended. */
public sealed interface LoopEnd {

  /** In words, for log and status. */
  String reason();

  /**
   * It was asked to.
   *
   * @param saved whether everything is committed
   */
  record Stopped(boolean saved) implements LoopEnd {
    @Override
    public String reason() {
      return saved ? "everything saved" : "the last checkpoint stands";
    }
  }

  /** It was given up: nothing more is committed. */
  record Abandoned() implements LoopEnd {
    @Override
    public String reason() {
      return "given up";
    }
  }

  /**
   * An earlier version is gone on from: that is the newest checkpoint by now.
   *
   * @param version its number
   * @param data what becomes of the records since
   */
  record RolledBack(long version, DataSince data) implements LoopEnd {
    @Override
    public String reason() {
      return "training goes on from version %d, what came behind it is %s"
          .formatted(version, data == DataSince.SKIP ? "skipped" : "trained on again");
    }
  }

  /** Another owner has taken over. */
  record Lost(String reason) implements LoopEnd {}

  /**
   * The weights are broken, or too many steps in a row were refused: the last checkpoint is to be
   * restored.
   */
  record Broken(String reason) implements LoopEnd {}
}
