package io.millrace.intake;

import io.millrace.example.InputPositions;
import java.util.Optional;
import java.util.OptionalLong;

/** What the pipeline asks of its source. */
public interface InputProgress {

  /** An input of which nothing is missing and nothing waits. */
  InputProgress COMPLETE =
      new InputProgress() {
        @Override
        public OptionalLong lag(InputPositions positions) {
          return OptionalLong.empty();
        }

        @Override
        public Optional<String> missing(InputPositions positions) {
          return Optional.empty();
        }

        @Override
        public void rejoin() {}
      };

  /**
   * Records on the broker at or behind these positions, over all assigned partitions; empty while
   * unknown. Does not block.
   */
  OptionalLong lag(InputPositions positions);

  /**
   * What the logs no longer hold of what stands at or behind these positions, in words; empty where
   * all of it is there. Does not block.
   */
  Optional<String> missing(InputPositions positions);

  /**
   * Asks for the partitions again: the source calls {@link RecordReceiver#takeOver} if this member
   * still gets them. Does not block.
   */
  void rejoin();
}
