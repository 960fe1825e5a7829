package io.millrace.serving;

import io.millrace.serving.model.ServingModel;
import io.millrace.version.ModelVersion;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A served version and the number of its users. The predictor holds it once while it is current,
 * each request once while it runs; the last to let go closes the model. Any thread.
 */
final class RefCountedModel {

  private final ModelVersion version;
  private final ServingModel model;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** The caller is the first holder. */
  RefCountedModel(ModelVersion version, ServingModel model) {
    this.version = version;
    this.model = model;
  }

  /** Whether it is this version, as it was made. */
  boolean is(ModelVersion other) {
    return version.version() == other.version() && version.createdAt().equals(other.createdAt());
  }

  ModelVersion version() {
    return version;
  }

  ServingModel model() {
    return model;
  }

  /** Takes a hold; false when the model is closed already, and then nothing is held. */
  boolean hold() {
    int now = holders.get();
    while (now > 0) {
      if (holders.compareAndSet(now, now + 1)) {
        return true;
      }
      now = holders.get();
    }
    return false;
  }

  /** Lets go; the last one closes the model. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      model.close();
    }
  }
}
