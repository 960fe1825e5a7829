package io.millrace.gate;

import java.util.Optional;

/** What the gate says of a candidate. Sealed: a new outcome is a deliberate change of contract. */
public sealed interface PublicationDecision {

  /** One sentence with the numbers that led here, for logs, events and the page. */
  String reason();

  /** The test that was made; empty where it did not come to one. */
  Optional<TestResult> test();

  /** The candidate becomes the next version. */
  record Publish(String reason, Optional<TestResult> test) implements PublicationDecision {

    /** Without a test. */
    public Publish(String reason) {
      this(reason, Optional.empty());
    }
  }

  /** The current version stays. */
  record Hold(String reason, Optional<TestResult> test) implements PublicationDecision {

    /** Without a test. */
    public Hold(String reason) {
      this(reason, Optional.empty());
    }
  }

  /**
   * The current version is worse than its predecessor, which is to be current again.
   *
   * @param version the predecessor
   */
  record RollBack(long version, String reason, Optional<TestResult> test)
      implements PublicationDecision {}
}
