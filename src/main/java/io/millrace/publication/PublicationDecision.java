package io.millrace.publication;

/** What the gate says of a candidate. Sealed: a new outcome is a deliberate change of contract. */
public sealed interface PublicationDecision {

  /** One sentence with the numbers that led here, for logs, events and the page. */
  String reason();

  /** The candidate becomes the next version. */
  record Publish(String reason) implements PublicationDecision {}

  /** The current version stays. */
  record Hold(String reason) implements PublicationDecision {}
}
