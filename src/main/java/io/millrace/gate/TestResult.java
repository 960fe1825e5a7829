package io.millrace.gate;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A one-sided test of a challenger against a champion, on the same examples.
 *
 * @param mode what was tested
 * @param examples how many
 * @param difference mean of challenger minus champion, in the score tested
 * @param margin how much worse the challenger may be; 0 where it must be better
 * @param better examples on which the challenger scores higher
 * @param worse examples on which it scores lower
 * @param look which look of the champion's reign it is, from 1
 * @param pValue probability of a result like this one or clearer where the challenger is no better
 *     than that
 * @param level it is rejected at or below this
 */
public record TestResult(
    Mode mode,
    long examples,
    double difference,
    double margin,
    long better,
    long worse,
    @JsonProperty("look") long look,
    double pValue,
    double level) {

  /** Whether the challenger is shown to be better than the margin allows it to be worse. */
  @JsonProperty(value = "shown", access = JsonProperty.Access.READ_ONLY)
  public boolean isShown() {
    return pValue <= level;
  }

  /** What is to be shown. */
  public enum Mode {
    /** The challenger is better. */
    SUPERIOR,
    /** It is not worse than the margin: asked once freshness is overdue. */
    NON_INFERIOR,
    /** A published version is worse than its predecessor. */
    REGRESSION
  }
}
