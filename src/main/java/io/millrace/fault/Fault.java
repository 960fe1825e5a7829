package io.millrace.fault;

import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import java.util.Objects;

/**
 * What a failure means.
 *
 * @param outlook what it takes to end
 * @param cause what happened, its full stop left out; names the topic, right, file or setting
 * @param remedy what an operator does about it, one sentence
 */
public record Fault(Outlook outlook, String cause, String remedy) {

  public Fault {
    Objects.requireNonNull(outlook, "outlook");
    cause = cause.endsWith(".") ? cause.substring(0, cause.length() - 1) : cause;
    Objects.requireNonNull(remedy, "remedy");
  }

  /** Opens the problem of a place, or brings it up to date. */
  public void report(OpenProblems problems, String place) {
    problems.report(place, outlook, cause, remedy);
  }

  /** Whether another attempt may succeed, by itself or once somebody has acted. */
  public boolean mayPass() {
    return outlook != Outlook.REFUSED;
  }
}
