package io.millrace.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Whether the calling thread records operators for gradients, until closed. libtorch keeps this per
 * thread, with recording as the default; DJL changes it for the thread that loads the engine only.
 */
public final class GradMode implements AutoCloseable {

  private final boolean before;

  private GradMode(boolean recording) {
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(recording);
  }

  /** Records: for the forward pass of a training step. */
  public static GradMode recording() {
    return new GradMode(true);
  }

  /** Does not record: for scoring. */
  public static GradMode off() {
    return new GradMode(false);
  }

  /** Restores what was before; same thread. */
  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
