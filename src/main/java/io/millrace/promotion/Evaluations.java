package io.millrace.promotion;

import io.millrace.event.MetricRecord;
import java.util.Optional;

/** When a run evaluates its weights, and publishes them. Training thread only. */
public interface Evaluations extends AutoCloseable {

  /** Of a run that only trains. */
  Evaluations NONE =
      new Evaluations() {
        @Override
        public void trained(double seconds, int examples) {}

        @Override
        public Optional<MetricRecord.Evaluated> evaluateIfDue() {
          return Optional.empty();
        }

        @Override
        public void takeInWritten() {}

        @Override
        public boolean isWriting() {
          return false;
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
      };

  /**
   * A step was taken: what evaluations may take depends on it.
   *
   * @param seconds it took
   * @param examples trained by it
   */
  void trained(double seconds, int examples);

  /** Evaluates if enough was trained, or time passed and anything came, since the last time. */
  Optional<MetricRecord.Evaluated> evaluateIfDue();

  /** A version that is written by now becomes the current one, and goes with the next commit. */
  void takeInWritten();

  /** Whether a version is being written, and not just on its way to others. */
  boolean isWriting();

  /** Waits for a version being published; a failure to send it is not tried again. */
  void finish();

  @Override
  void close();
}
