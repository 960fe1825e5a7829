package io.millrace.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** How long work shows how far it is: a bar on a terminal, now and then a line in a log. */
final class Bars {

  private static final int SHOWN = 1_000; // milliseconds
  private static final int LOGGED = 10_000;

  private Bars() {}

  /**
   * A bar for work whose size becomes known on the way.
   *
   * @param task what is done
   * @param unit what is counted
   */
  static ProgressBar of(String task, String unit) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setUnit(" " + unit, 1)
        .setInitialMax(-1)
        .setUpdateIntervalMillis(System.console() == null ? LOGGED : SHOWN)
        .build();
  }

  /** Says how far it is. */
  static void show(ProgressBar bar, long done, long all) {
    bar.maxHint(all);
    bar.stepTo(done);
  }
}
