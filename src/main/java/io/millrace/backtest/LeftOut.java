package io.millrace.backtest;

/**
 * Lines that were not used.
 *
 * @param lines how many
 * @param first where the first of them is, and the rule it breaks
 */
public record LeftOut(long lines, String first) {

  LeftOut andOneMore() {
    return new LeftOut(lines + 1, first);
  }
}
