package io.millrace.input;

import java.util.List;
import java.util.Objects;

/**
 * The topics that a model reads.
 *
 * @param examples to train on
 * @param heldOut scored, never trained on
 * @param retry of either kind, sent back after they were refused
 */
public record InputTopics(String examples, String heldOut, String retry) {

  public InputTopics {
    Objects.requireNonNull(examples, "examples");
    Objects.requireNonNull(heldOut, "heldOut");
    Objects.requireNonNull(retry, "retry");
  }

  public List<String> all() {
    return List.of(examples, heldOut, retry);
  }

  /** Whether producers write there. */
  public boolean isProducers(String topic) {
    return topic.equals(examples) || topic.equals(heldOut);
  }
}
