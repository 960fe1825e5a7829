package io.millrace.faults;

import io.millrace.testing.TestBroker;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of {@link WaitingStates}. */
class WaitingServiceIT {

  @TempDir private Path folder;

  @Test
  void aCompactedDeadLetterTopicIsToldAndWaitedForAndTheServiceCanBeStopped() throws Exception {
    // Given
    TinyStream stream = new TinyStream("compacted", 1, folder);
    WaitingState state = new WaitingState(stream, stream.settings(), "compacted");
    WaitingStates.alter(
        TestBroker.client(), stream.topic("dead-letter"), "cleanup.policy", "compact");
    WaitingStates.feedInTheBackground(stream);

    // Then
    state.check(
        "commit",
        "topic " + stream.topic("dead-letter") + " does not take a record",
        () ->
            WaitingStates.alter(
                TestBroker.client(), stream.topic("dead-letter"), "cleanup.policy", "delete"));
  }
}
