package io.millrace.kafka;

import io.millrace.input.InputTopics;

/** The topics that a model reads, by the settings. */
public final class ModelInputs {

  private ModelInputs() {}

  public static InputTopics of(TopicSettings topics) {
    return new InputTopics(topics.examples(), topics.heldOut(), topics.retry());
  }
}
