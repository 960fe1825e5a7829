package io.millrace.problem;

import java.time.Instant;
import java.util.Objects;

/**
 * One thing that stands in the way, until it is resolved.
 *
 * @param place what is affected, short and stable: {@code commit}, {@code take-over}, {@code
 *     topic:millrace.versions}; there is one problem a place
 * @param outlook what it takes to end
 * @param cause what happened, one sentence that names the topic, file or setting; no text of
 *     examples, no secret
 * @param remedy what an operator does about it, one sentence
 * @param since when it was first seen in this place
 */
public record OpenProblem(
    String place, Outlook outlook, String cause, String remedy, Instant since) {

  public OpenProblem {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(outlook, "outlook");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(remedy, "remedy");
    Objects.requireNonNull(since, "since");
  }
}
